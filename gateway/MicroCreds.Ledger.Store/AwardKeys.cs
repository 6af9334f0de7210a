using System.Buffers;
using System.Buffers.Binary;
using System.Numerics;
using System.Security.Cryptography;
using System.Text;
using MicroCreds.Ledger.Credentials;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Store;

/// <summary>
/// How it is known again that a person has an award already: keyed hashes of who the request names (mail address,
/// student number, identifier, name), each together with the achievement. The store keeps these alone, and they tell
/// nothing without its secret. Of a hash 64 bits are kept: two of a million do not meet by chance.
/// </summary>
/// <param name="Name">The key of the name.</param>
/// <param name="Identities">The keys of what tells a person from a namesake; none if the request says nothing.</param>
/// <param name="Kinds">Which of them the request names, one bit each.</param>
public sealed record AwardKeys(ulong Name, IReadOnlyList<ulong> Identities, int Kinds)
{
    /// <summary>How many kinds of identity there are.</summary>
    internal const int IdentityKinds = 3;

    private const string Purpose = "award/";

    /// <summary>Makes the keys of a request.</summary>
    /// <param name="secret">The store's secret.</param>
    /// <param name="recipient">Who the request names.</param>
    /// <param name="achievement">What is awarded.</param>
    public static AwardKeys Of(ReadOnlySpan<byte> secret, Recipient recipient, AchievementReference achievement)
    {
        using var keyed = Keyed(secret);
        return Of(keyed, recipient, achievement);
    }

    /// <summary>Prepares to make the keys of many requests, which takes longer than each. Not thread-safe.</summary>
    /// <param name="secret">The store's secret.</param>
    public static IncrementalHash Keyed(ReadOnlySpan<byte> secret) =>
        IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, secret);

    /// <summary>Makes the keys of one of many requests.</summary>
    /// <param name="keyed">What <see cref="Keyed"/> gave.</param>
    /// <param name="recipient">Who the request names.</param>
    /// <param name="achievement">What is awarded.</param>
    public static AwardKeys Of(IncrementalHash keyed, Recipient recipient, AchievementReference achievement)
    {
        ArgumentNullException.ThrowIfNull(keyed);
        ArgumentNullException.ThrowIfNull(recipient);
        ArgumentNullException.ThrowIfNull(achievement);
        string?[] identities =
        [
            Folded(recipient.Email), Folded(recipient.StudentNumber),
            recipient.Id is { } id ? ComposedText.Of(id.Trim()) : null,
        ];
        var keys = new List<ulong>();
        int kinds = 0;
        for (int kind = 0; kind < identities.Length; kind++)
        {
            if (string.IsNullOrEmpty(identities[kind])) continue;

            kinds |= 1 << kind;
            keys.Add(Hash(keyed, $"{kind}", identities[kind]!, achievement));
        }

        return new AwardKeys(Hash(keyed, "name", Folded(recipient.Name) ?? "", achievement), keys, kinds);
    }

    /// <summary>
    /// The key of one kind of identity (0 is the mail address, 1 the student number, 2 the identifier); none if the
    /// request does not name it.
    /// </summary>
    internal ulong? IdentityOf(int kind) => (Kinds & (1 << kind)) == 0
        ? null
        : Identities[BitOperations.PopCount((uint)(Kinds & ((1 << kind) - 1)))];

    /// <summary>
    /// Whether a namesake is surely somebody else: both name the same kind of identity, and it was not the same.
    /// </summary>
    public bool TellsApartFrom(int kinds) => (Kinds & kinds) != 0;

    /// <summary>Case, white space and the ways to write an accent make no two people.</summary>
    private static string? Folded(string? text) => text is null
        ? null
        : string.Join(' ', ComposedText.Of(text).ToLowerInvariant()
            .Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

    private static ulong Hash(
        IncrementalHash keyed, string kind, string text, AchievementReference achievement)
    {
        string whole = $"{Purpose}{kind}\n{achievement.Id}@{achievement.Version}\n{text}";
        byte[] buffer = ArrayPool<byte>.Shared.Rent(Encoding.UTF8.GetMaxByteCount(whole.Length));
        int length = Encoding.UTF8.GetBytes(whole, buffer);
        Span<byte> hash = stackalloc byte[HMACSHA256.HashSizeInBytes];
        keyed.AppendData(buffer.AsSpan(0, length));
        keyed.GetHashAndReset(hash);
        ArrayPool<byte>.Shared.Return(buffer, clearArray: true);
        return BinaryPrimitives.ReadUInt64LittleEndian(hash);
    }
}
