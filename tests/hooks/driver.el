;;; driver.el --- Send a draft from batch Emacs, and tell what happened  -*- lexical-binding: t; -*-

;; The answer to y-or-n-p is read from standard input, as batch Emacs does.
(require 'message)
(setq user-mail-address "jo@moreno.example"
      message-send-mail-function #'message-send-mail-with-sendmail
      message-confirm-send nil
      message-interactive t
      sendmail-program (getenv "REAL"))

(defun driver-marked ()
  "The words that are highlighted, with what the pointer would show."
  (mapcar (lambda (o) (cons (buffer-substring-no-properties (overlay-start o) (overlay-end o))
                            (overlay-get o 'help-echo)))
          (sort (seq-filter (lambda (o) (overlay-get o 'tonecheck)) (overlays-in (point-min) (point-max)))
                (lambda (a b) (< (overlay-start a) (overlay-start b))))))

(defun driver-body ()
  "The text of the draft; the headers are put in order by message-mode itself."
  (save-excursion
    (message-goto-body)
    (buffer-substring-no-properties (point) (point-max))))

(defun driver-send (to body &optional tag)
  "Send BODY to TO, and print the outcome; TAG is an attachment's tag for MML."
  (message-mail to "Über Tuesday")
  (message-goto-body)
  (insert (or tag "") body)
  (let ((before (driver-body)))
    (condition-case fault
        (progn (message-send)
               (princ "outcome: sent\n"))
      ((error quit) (princ (format "outcome: %s\n" (error-message-string fault)))))
    (princ (format "body: %s\n" (if (equal before (driver-body)) "unchanged" "changed"))))
  (dolist (marked (driver-marked))
    (princ (format "marked: %s | %s\n" (car marked) (cdr marked))))
  (princ (format "at: %s\n" (buffer-substring (point) (min (point-max) (+ (point) 7)))))
  (insert " ")
  (princ (format "after a change: %d\n" (length (driver-marked)))))
