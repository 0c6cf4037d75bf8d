"""How the faults of an answer change it: before the question goes on, or after the node has answered."""

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from eth_utils.crypto import keccak

from tests.faults.kinds import Kind

if TYPE_CHECKING:
    from tests.faults.proxy import Fault, FaultProxy

Message = dict[str, Any]


def before(proxy: "FaultProxy", question: Message, faults: Sequence["Fault"]) -> Message | None:
    """An answer without the node, or None; may change the question."""
    for fault in faults:
        if not fault.names([question["method"]]):
            continue
        if fault.kind == Kind.NULL_RECEIPT:
            return {"result": None}
        if fault.kind == Kind.EVICTED:
            return {"result": "0x" + keccak(hexstr=question["params"][0]).hex()}
        if fault.kind == Kind.RANGE_LIMIT and _span(proxy, question) > fault.limit:
            return {"error": {"code": -32005, "message": f"query exceeds max block range {fault.limit}"}}
        if fault.kind == Kind.BLOCK_BACK:
            found = _behind(proxy, question, fault.blocks)
            if found is not None:
                return found
    return None


def after(proxy: "FaultProxy", question: Message, entry: Message, faults: Sequence["Fault"]) -> None:
    """Change what the node has answered."""
    for fault in faults:
        if not fault.names([question["method"]]):
            continue
        if fault.kind == Kind.CHANGED and fault.change is not None:
            entry.update(fault.change(entry))
        elif fault.kind == Kind.FEE_SPIKE:
            _dearer(question["method"], entry, fault.factor)
        elif fault.kind == Kind.GAS_WILD and "result" in entry:
            entry["result"] = hex(int(entry["result"], 16) * fault.factor)
        elif fault.kind == Kind.BLOCK_BACK and isinstance(entry.get("result"), dict):
            mined = entry["result"].get("blockNumber")
            if mined is not None and int(mined, 16) > _head(proxy) - fault.blocks:
                entry["result"] = None
        elif question["method"] == "eth_getLogs" and entry.get("result"):
            entry["result"] = _other_logs(fault.kind, entry["result"])


def with_wrong_ids(answer: bytes) -> bytes:
    """The same answers to other questions."""
    value = json.loads(answer)
    for entry in value if isinstance(value, list) else [value]:
        entry["id"] = 10**9 + entry["id"]
    return json.dumps(value).encode()


def _head(proxy: "FaultProxy") -> int:
    return int(proxy.call("eth_blockNumber"), 16)


def _number(proxy: "FaultProxy", block: Any) -> int:
    return int(block, 16) if isinstance(block, str) and block.startswith("0x") else _head(proxy)


def _span(proxy: "FaultProxy", question: Message) -> int:
    asked = question["params"][0]
    if "blockHash" in asked:
        return 1
    first, last = asked.get("fromBlock", "latest"), asked.get("toBlock", "latest")
    return _number(proxy, last) - _number(proxy, first) + 1


def _behind(proxy: "FaultProxy", question: Message, blocks: int) -> Message | None:
    """As a node answers whose head is `blocks` lower: what it lacks is null, what it has is asked of it."""
    method, params = question["method"], question["params"]
    head = max(0, _head(proxy) - blocks)
    if method == "eth_blockNumber":
        return {"result": hex(head)}
    if method == "eth_getBlockByNumber":
        if params[0] == "latest":
            params[0] = hex(head)
        return {"result": None} if _number(proxy, params[0]) > head else None
    if method == "eth_getLogs" and "blockHash" not in params[0]:
        asked = params[0]
        if _number(proxy, asked.get("fromBlock", "latest")) > head:
            return {"result": []}
        asked["toBlock"] = hex(min(head, _number(proxy, asked.get("toBlock", "latest"))))
        return None
    of_state = ("eth_getTransactionCount", "eth_call", "eth_getBalance", "eth_getCode")
    if method in of_state and params[1:] == ["latest"]:
        params[1] = hex(head)
    return None


def _dearer(method: str, entry: Message, factor: int) -> None:
    result = entry.get("result")
    if method == "eth_getBlockByNumber" and result and result.get("baseFeePerGas"):
        result["baseFeePerGas"] = hex(int(result["baseFeePerGas"], 16) * factor)
    elif method == "eth_gasPrice" and result:
        entry["result"] = hex(int(result, 16) * factor)
    elif method == "eth_feeHistory" and result:
        result["baseFeePerGas"] = [hex(int(one, 16) * factor) for one in result["baseFeePerGas"]]


def _other_logs(kind: Kind, logs: list[Message]) -> list[Message]:
    if kind == Kind.DUPLICATE_LOGS:
        return [log for log in logs for _ in range(2)]
    if kind == Kind.MISSING_LOGS:
        middle = len(logs) // 2
        return logs[:middle] + logs[middle + 1 :]
    if kind == Kind.REVERSED_LOGS:
        return logs[::-1]
    return logs
