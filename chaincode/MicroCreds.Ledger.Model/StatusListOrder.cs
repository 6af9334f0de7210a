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
    /// <param name="issuance">The issuance.</param>
    /// <param name="index">The credential's place in it, from 0.</param>
    /// <param name="positions">What <see cref="Of"/> gives for its list. Default is to compute it anew.</param>
    public static int? PositionOf(IssuanceStatement issuance, int index, Func<int, int>? positions = null)
    {
        ArgumentNullException.ThrowIfNull(issuance);
        long ordinal = (long)issuance.StatusOffset + index;
        return ordinal is < 0 or >= Limits.StatusListSize ? null
            : positions?.Invoke((int)ordinal) ?? PositionOf(issuance.MspId, issuance.StatusList, (int)ordinal);
    }

    /// <summary>Computes the position of what comes at an ordinal.</summary>
    /// <param name="mspId">The institution.</param>
    /// <param name="list">Its list.</param>
    /// <param name="ordinal">From 0, below <see cref="Limits.StatusListSize"/>.</param>
    public static int PositionOf(string mspId, string list, int ordinal)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(ordinal);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(ordinal, Limits.StatusListSize);
        return PositionOf(ordinal, NameOf(mspId, list), known: null);
    }

    /// <summary>Prepares to compute many positions of one list: each round's hashes are computed once.</summary>
    /// <param name="mspId">The institution.</param>
    /// <param name="list">Its list.</param>
    /// <returns>What <see cref="PositionOf(string, string, int)"/> gives for an ordinal; thread-safe.</returns>
    public static Func<int, int> Of(string mspId, string list)
    {
        byte[] name = NameOf(mspId, list);
        short[] known = new short[Rounds << HalfBits];
        return ordinal =>
        {
            ArgumentOutOfRangeException.ThrowIfNegative(ordinal);
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(ordinal, Limits.StatusListSize);
            return PositionOf(ordinal, name, known);
        };
    }

    // The name, and behind it room for what differs from round to round.
    private static byte[] NameOf(string mspId, string list) =>
        [.. Encoding.UTF8.GetBytes($"{mspId}\n{list}\n"), 0, 0, 0];

    private static int PositionOf(int ordinal, byte[] name, short[]? known)
    {
        int left = ordinal >> HalfBits;
        int right = ordinal & HalfMask;
        for (int round = 0; round < Rounds; round++)
        {
            // A half that is not known yet is 0, and one that is known is one more than it is.
            int half = known is null ? -1 : known[(round << HalfBits) | right] - 1;
            if (half < 0)
            {
                half = HalfOf(name, round, right);
                if (known is not null) known[(round << HalfBits) | right] = (short)(half + 1);
            }

            (left, right) = (right, left ^ half);
        }

        return (left << HalfBits) | right;
    }

    private static int HalfOf(byte[] name, int round, int right)
    {
        Span<byte> input = stackalloc byte[name.Length];
        name.CopyTo(input);
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        input[^3] = (byte)round;
        BinaryPrimitives.WriteUInt16BigEndian(input[^2..], (ushort)right);
        SHA256.HashData(input, hash);
        return BinaryPrimitives.ReadUInt16BigEndian(hash) & HalfMask;
    }
}
