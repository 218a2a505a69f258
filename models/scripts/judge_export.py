"""The fine-tuned judge as an ONNX file, its weights brought to 8 bits."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import torch
from judge_train import Network
from onnxruntime.quantization import QuantType, quantize_dynamic
from torch import Tensor, nn


class Exported(nn.Module):
    """The network with the mask that a single reply needs: everything is read."""

    def __init__(self, network: Network) -> None:
        super().__init__()
        self.network = network

    def forward(self, pieces: Tensor, kinds: Tensor, inside: Tensor) -> tuple[Tensor, ...]:
        """As Network, without padding."""
        return self.network(pieces, kinds, torch.ones_like(pieces), inside)


def main(transformer: Path, weights: Path, output: Path) -> None:
    """Write judge.onnx and tokenizer.json into the output folder."""
    network = Network(transformer)
    network.load_state_dict(torch.load(weights / "weights.pt"))
    network.eval()
    output.mkdir(parents=True, exist_ok=True)
    pieces = torch.randint(1000, 2000, (1, 40))
    inside = torch.zeros(1, 3, 40)
    inside[0, 0, 10:20] = inside[0, 1, 20:30] = inside[0, 2, 30:39] = 1
    whole = output / "judge.whole.onnx"
    torch.onnx.export(
        Exported(network),
        (pieces, torch.ones_like(pieces), inside),
        whole,
        input_names=["pieces", "kinds", "inside"],
        output_names=["piece", "fault", "type", "move", "severity", "rating"],
        dynamic_axes={"pieces": {1: "T"}, "kinds": {1: "T"}, "inside": {1: "S", 2: "T"}},
        opset_version=17,
        dynamo=False,
    )
    quantize_dynamic(whole, output / "judge.onnx", weight_type=QuantType.QInt8, per_channel=True)
    whole.unlink()
    shutil.copy(transformer / "tokenizer.json", output / "tokenizer.json")
    print(f"{(output / 'judge.onnx').stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
