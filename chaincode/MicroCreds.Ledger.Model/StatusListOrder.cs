using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace MicroCreds.Ledger.Model;

/// <summary>
/// Where in its status list a credential stands. Issuances take ranges of a list one after the other; a permutation
/// that everybody can compute spreads each range over the whole list, so that neither neighbours of a cohort nor
/// credentials of one day stand together, and a position says nothing until one knows the issuance.
/// </summary>
/// <remarks>
/// The permutation is a balanced Feistel network over 20 bits, four rounds of SHA-256, keyed by the institution and the
/// list. It keeps nothing secret: it only spreads. It stands in credentials for ever, and must never change.
/// </remarks>
public static class StatusListOrder
{
    private const int Rounds = 4;
    private const int HalfBits = 10;
    private const int HalfMask = (1 << HalfBits) - 1;

    /// <summary>Computes the position of the credential at a place of its issuance.</summary>
    /// <returns>The position; none if the issuance lies outside the list, which the contract refuses.</returns>
    public static int? PositionOf(IssuanceStatement issuance, int index)
    {
        ArgumentNullException.ThrowIfNull(issuance);
        long ordinal = (long)issuance.StatusOffset + index;
        return ordinal is >= 0 and < Limits.StatusListSize
            ? PositionOf(issuance.MspId, issuance.StatusList, (int)ordinal)
            : null;
    }

    /// <summary>Computes the position of what comes at an ordinal.</summary>
    /// <param name="mspId">The institution.</param>
    /// <param name="list">Its list.</param>
    /// <param name="ordinal">From 0, below <see cref="Limits.StatusListSize"/>.</param>
    public static int PositionOf(string mspId, string list, int ordinal)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(ordinal);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(ordinal, Limits.StatusListSize);
        byte[] name = Encoding.UTF8.GetBytes($"{mspId}\n{list}\n");
        Span<byte> input = [.. name, 0, 0, 0];
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        int left = ordinal >> HalfBits;
        int right = ordinal & HalfMask;
        for (int round = 0; round < Rounds; round++)
        {
            input[^3] = (byte)round;
            BinaryPrimitives.WriteUInt16BigEndian(input[^2..], (ushort)right);
            SHA256.HashData(input, hash);
            (left, right) = (right, left ^ (BinaryPrimitives.ReadUInt16BigEndian(hash) & HalfMask));
        }

        return (left << HalfBits) | right;
    }
}
