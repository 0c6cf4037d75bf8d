// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IERC20Metadata} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Metadata.sol";
import {IERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Permit.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {ReentrancyGuard} from "@openzeppelin/contracts/utils/ReentrancyGuard.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {ICommunityToken} from "../../interfaces/ICommunityToken.sol";
import {IReserve} from "../../interfaces/IReserve.sol";
import {Sponsored} from "../access/Sponsored.sol";

/// @title Reserve
/// @notice Invariants, checked by tests/stateful/test_token_and_reserve.py:
///  RES-1 For every asset that keeps what it is given, what this contract holds is at least what stands against it.
///  RES-2 The sum of netMinted over all assets is what this contract minted less what it burned.
///  RES-3 netMinted never passes the ceiling in force when money entered, and nobody leaves with more than entered as that asset.
contract Reserve is IReserve, Sponsored, ReentrancyGuard {
    using SafeERC20 for IERC20;

    string public constant VERSION = "1";
    uint256 public constant MAX_PAUSE = 30 days;
    uint256 private constant TOKEN_DECIMALS = 6;
    uint256 private constant MAX_DECIMALS = 77; // 10^77 is the largest power of ten in a word

    ICommunityToken public immutable token;

    mapping(address asset => Asset) private _assets;
    address[] private _list;
    uint256 private _count; // entries and exits so far, for citations

    constructor(
        address authority_,
        address forwarder,
        address token_
    ) Sponsored(authority_, forwarder) {
        if (token_.code.length == 0) revert ReserveAssetHasNoCode(token_);
        token = ICommunityToken(token_);
    }

    // ------------------------------------------------------------------------------------------ enter

    /// @inheritdoc IReserve
    function enter(
        address asset,
        uint256 paid
    ) external nonReentrant returns (uint256 amount) {
        return _enter(_msgSender(), asset, paid);
    }

    /// @inheritdoc IReserve
    function enterWithPermit(
        address asset,
        uint256 paid,
        uint256 deadline,
        uint8 v,
        bytes32 r,
        bytes32 s
    ) external nonReentrant returns (uint256 amount) {
        _known(asset);
        // a permit that somebody else has submitted first has done its work; the allowance decides
        try IERC20Permit(asset).permit(_msgSender(), address(this), paid, deadline, v, r, s) {} catch {}
        return _enter(_msgSender(), asset, paid);
    }

    function _enter(
        address holder,
        address asset,
        uint256 paid
    ) private returns (uint256 amount) {
        Asset storage book = _known(asset);
        if (block.timestamp < book.entryPausedUntil) revert ReserveEntryPaused(asset, book.entryPausedUntil);
        (uint256 multiply, uint256 divide) = _scale(book.decimals);
        amount = _exact(paid, divide);
        if (amount <= book.ceiling) amount *= multiply; // cannot overflow: at most 2^96 × 10^6
        if (amount > book.ceiling || book.netMinted + amount > book.ceiling) {
            revert ReserveCeilingExceeded(asset, book.netMinted, book.ceiling);
        }
        uint256 allowed = IERC20(asset).allowance(holder, address(this));
        if (allowed < paid) revert ReserveAllowanceTooLow(asset, allowed, paid);

        book.netMinted += uint96(amount);
        bytes32 citation = _nextCitation(asset);
        emit Entered(asset, holder, paid, amount, citation);

        uint256 before = IERC20(asset).balanceOf(address(this));
        if (!IERC20(asset).trySafeTransferFrom(holder, address(this), paid)) {
            revert ReserveTransferFailed(asset);
        }
        _checkDelta(asset, before, IERC20(asset).balanceOf(address(this)), paid);
        token.mint(holder, amount, citation);
    }

    // ------------------------------------------------------------------------------------------ leave

    /// @inheritdoc IReserve
    function exit(
        address asset,
        uint256 amount,
        address to,
        uint256 least
    ) external nonReentrant returns (uint256 received) {
        return _exit(_msgSender(), asset, amount, to, least);
    }

    /// @inheritdoc IReserve
    function exitWithPermit(
        address asset,
        uint256 amount,
        address to,
        uint256 least,
        uint256 deadline,
        uint8 v,
        bytes32 r,
        bytes32 s
    ) external nonReentrant returns (uint256 received) {
        try token.permit(_msgSender(), address(this), amount, deadline, v, r, s) {} catch {}
        return _exit(_msgSender(), asset, amount, to, least);
    }

    function _exit(
        address holder,
        address asset,
        uint256 amount,
        address to,
        uint256 least
    ) private returns (uint256 received) {
        uint256 value = quoteExit(asset, amount);
        _assets[asset].netMinted -= uint96(amount);
        bytes32 citation = _nextCitation(asset);
        token.pull(holder, amount);
        token.burn(amount, citation);

        (uint256 before, uint256 had) = (IERC20(asset).balanceOf(address(this)), IERC20(asset).balanceOf(to));
        if (!IERC20(asset).trySafeTransfer(to, value)) revert ReserveTransferFailed(asset);
        _checkDelta(asset, IERC20(asset).balanceOf(address(this)), before, value);
        uint256 has = IERC20(asset).balanceOf(to);
        received = has > had ? has - had : 0;
        if (received < least) revert ReserveTooLittle(asset, received, least);
        emit Exited(asset, holder, to, amount, received, citation);
    }

    /// @inheritdoc IReserve
    function quoteExit(
        address asset,
        uint256 amount
    ) public view returns (uint256) {
        Asset storage book = _known(asset);
        if (amount > book.netMinted) revert ReserveExitTooLarge(asset, amount, book.netMinted);
        (uint256 multiply, uint256 divide) = _scale(book.decimals);
        uint256 value = _exact(amount, multiply) * divide;
        (uint256 holds, uint256 owes) = coverOf(asset);
        // what an asset lost by itself is borne in proportion; rounded down, for those who stay
        return holds < owes ? Math.mulDiv(value, holds, owes) : value;
    }

    /// @inheritdoc IReserve
    function coverOf(
        address asset
    ) public view returns (uint256 holds, uint256 owes) {
        Asset storage book = _known(asset);
        (uint256 multiply, uint256 divide) = _scale(book.decimals);
        return (IERC20(asset).balanceOf(address(this)), (book.netMinted / multiply) * divide);
    }

    // ------------------------------------------------------------------------------------------ amounts

    /// @dev [cmt] = [asset] / divide × multiply; one of the two is 1.
    function _scale(
        uint256 decimals
    ) private pure returns (uint256 multiply, uint256 divide) {
        (multiply, divide) = (1, 1);
        if (decimals > TOKEN_DECIMALS) divide = 10 ** (decimals - TOKEN_DECIMALS);
        else multiply = 10 ** (TOKEN_DECIMALS - decimals);
    }

    /// @dev The amount divided, without a remainder.
    function _exact(
        uint256 amount,
        uint256 multipleOf
    ) private pure returns (uint256) {
        if (amount == 0) revert ReserveAmountZero();
        if (amount % multipleOf != 0) revert ReserveAmountInexact(amount, multipleOf);
        return amount / multipleOf;
    }

    function _checkDelta(
        address asset,
        uint256 low,
        uint256 high,
        uint256 expected
    ) private pure {
        uint256 moved = high > low ? high - low : 0;
        if (moved != expected) revert ReserveDeltaWrong(asset, moved, expected);
    }

    /// @dev Never the same twice, here or on another chain.
    function _nextCitation(
        address asset
    ) private returns (bytes32) {
        return keccak256(abi.encode(block.chainid, address(this), asset, ++_count));
    }

    // ------------------------------------------------------------------------------------------ assets

    /// @inheritdoc IReserve
    function listAsset(
        address asset,
        uint96 ceiling
    ) external restricted {
        if (asset == address(token)) revert ReserveAssetIsCommunityToken(asset);
        if (_assets[asset].listed) revert ReserveAssetKnown(asset);
        if (asset.code.length == 0) revert ReserveAssetHasNoCode(asset);
        uint8 decimals = _decimalsOf(asset);
        _assets[asset] =
            Asset({listed: true, decimals: decimals, ceiling: ceiling, netMinted: 0, entryPausedUntil: 0});
        _list.push(asset);
        emit AssetListed(asset, decimals, ceiling);
    }

    function _decimalsOf(
        address asset
    ) private view returns (uint8) {
        (bool done, bytes memory answer) = asset.staticcall(abi.encodeCall(IERC20Metadata.decimals, ()));
        if (!done || answer.length < 32) revert ReserveDecimalsUnreadable(asset, MAX_DECIMALS);
        uint256 decimals = abi.decode(answer, (uint256));
        if (decimals > MAX_DECIMALS) revert ReserveDecimalsUnreadable(asset, MAX_DECIMALS);
        return uint8(decimals);
    }

    /// @inheritdoc IReserve
    function setCeiling(
        address asset,
        uint96 ceiling
    ) external restricted {
        _known(asset).ceiling = ceiling;
        emit CeilingSet(asset, ceiling);
    }

    /// @inheritdoc IReserve
    function pauseEntry(
        address asset,
        uint48 duration
    ) external restricted {
        if (duration > MAX_PAUSE) revert ReservePauseTooLong(duration, MAX_PAUSE);
        uint48 until = uint48(block.timestamp) + duration;
        _known(asset).entryPausedUntil = until;
        emit EntryPaused(asset, msg.sender, until);
    }

    function _known(
        address asset
    ) private view returns (Asset storage book) {
        book = _assets[asset];
        if (!book.listed) revert ReserveAssetUnknown(asset);
    }

    /// @inheritdoc IReserve
    function assetOf(
        address asset
    ) external view returns (Asset memory) {
        return _assets[asset];
    }

    /// @inheritdoc IReserve
    function assetCount() external view returns (uint256) {
        return _list.length;
    }

    /// @inheritdoc IReserve
    function assetAt(
        uint256 index
    ) external view returns (address) {
        return _list[index];
    }
}
