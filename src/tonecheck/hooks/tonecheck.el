;;; tonecheck.el --- Read a reply as the client will, before it is sent  -*- lexical-binding: t; -*-

;; SPDX-License-Identifier: MIT
;; Package-Requires: ((emacs "25.1"))
;; Keywords: mail

;;; Commentary:

;; When a message is sent, `tonecheck gate' reads it.  If it would hold the message, the words are
;; highlighted and you are asked; otherwise the message goes without a word.  The message itself is
;; never changed.  A fault of tonecheck lets it go and says so.

;;; Code:

(require 'json)
(require 'message)

(defgroup tonecheck nil
  "Check replies to clients before they are sent."
  :group 'message)

(defcustom tonecheck-command "tonecheck"
  "The tonecheck command."
  :type 'string)

(defcustom tonecheck-warm t
  "Load tonecheck in the background while you write, so that sending need not wait."
  :type 'boolean)

(defface tonecheck-words '((t :inherit warning :underline t))
  "The words that tonecheck names.")

(defun tonecheck-clear (&rest _)
  "Take the highlighting away."
  (interactive)
  (remove-overlays nil nil 'tonecheck t)
  (remove-hook 'after-change-functions #'tonecheck-clear t))

(defun tonecheck--body-start ()
  "Where the text of the message in this buffer begins."
  (save-excursion
    (save-restriction
      (widen)
      (message-goto-body)
      (point))))

(defun tonecheck--body ()
  "The text of the message, as long as it stands here: tags of MML are left blank."
  (let ((body (buffer-substring-no-properties (tonecheck--body-start) (point-max))))
    (with-temp-buffer
      (insert body)
      (goto-char (point-min))
      (while (re-search-forward "^<#[^>\n]*>" nil t)
        (replace-match (make-string (- (match-end 0) (match-beginning 0)) ?\s) t t))
      (buffer-string))))

(defun tonecheck--mail ()
  "The message in this buffer as a mail in UTF-8, without its attachments."
  (let ((headers (save-restriction
                   (message-narrow-to-headers)
                   (buffer-substring-no-properties (point-min) (point-max))))
        (body (tonecheck--body)))
    (with-temp-buffer
      (insert headers)
      (message-remove-header "^\\(Content-.*\\|MIME-Version\\)$" t)
      (goto-char (point-max))
      (insert "MIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\n"
              "Content-Transfer-Encoding: 8bit\n\n" body)
      (buffer-string))))

(defun tonecheck--answer (mail)
  "What the gate says about MAIL, as an alist; an error where it says nothing."
  (with-temp-buffer
    (insert mail)
    (let* ((coding-system-for-write 'utf-8-unix)
           (coding-system-for-read 'utf-8-unix)
           (default-directory (expand-file-name "~/"))
           (status (call-process-region (point-min) (point-max) tonecheck-command t '(t nil) nil
                                        "gate" "--can-ask" "--format" "json")))
      (unless (member status '(0 65 66))
        (error "%s gate ended with %s" tonecheck-command status))
      (goto-char (point-min))
      (let ((json-false nil) (json-null nil) (json-array-type 'list))
        (json-read)))))

(defun tonecheck--highlight (report)
  "Highlight the words that REPORT names; where the first begins, or nil."
  (let ((start (tonecheck--body-start))
        (text (alist-get 'text report))
        first)
    (when (string-prefix-p text (tonecheck--body))
      (dolist (finding (reverse (alist-get 'findings report)))
        (let* ((from (+ start (alist-get 'start finding)))
               (words (make-overlay from (+ start (alist-get 'end finding)))))
          (overlay-put words 'tonecheck t)
          (overlay-put words 'face 'tonecheck-words)
          (overlay-put words 'help-echo (alist-get 'message finding))
          (setq first from)))
      (add-hook 'after-change-functions #'tonecheck-clear nil t))
    first))

(defun tonecheck--ask (answer)
  "Show what ANSWER names, and ask; stop the sending unless the writer agrees."
  (let ((first (save-restriction
                 (widen)
                 (tonecheck--highlight (alist-get 'report answer)))))
    (when first (goto-char first))
    (unless (y-or-n-p (format "tonecheck: %s.  Send anyway? " (alist-get 'reason answer)))
      (user-error "Not sent; M-x tonecheck-clear takes the highlighting away"))))

(defun tonecheck-before-send ()
  "Ask `tonecheck gate' about the message in this buffer before it is sent."
  (tonecheck-clear)
  (let ((answer (condition-case fault
                    (tonecheck--answer (tonecheck--mail))
                  (error (message "tonecheck: sent unchecked: %s" (error-message-string fault))
                         nil))))
    (when (alist-get 'fault answer)
      (message "tonecheck: %s" (alist-get 'reason answer)))
    (pcase (alist-get 'verdict answer)
      ("hold" (user-error "tonecheck: %s" (alist-get 'reason answer)))
      ("ask" (tonecheck--ask answer)))))

(defun tonecheck-warm-up ()
  "Start the daemon that answers at once, if `tonecheck-warm' says so."
  (when tonecheck-warm
    (ignore-errors
      (let ((default-directory (expand-file-name "~/"))
            (process-connection-type nil))
        (set-process-query-on-exit-flag
         (start-process "tonecheck" nil tonecheck-command "daemon" "start") nil)))))

(add-hook 'message-setup-hook #'tonecheck-warm-up)
(add-hook 'message-send-hook #'tonecheck-before-send)

(provide 'tonecheck)
;;; tonecheck.el ends here
