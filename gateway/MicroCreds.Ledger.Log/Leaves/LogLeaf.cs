using System.Text.Json;
using MicroCreds.Ledger.Log.Tiles;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Log.Leaves;

/// <summary>
/// One word of the ledger that counts: a statement with its signature, or what members decided of keys, names and
/// membership; and where it was first written.
/// </summary>
public sealed record LogLeaf
{
    /// <summary>The block that wrote it.</summary>
    public required long Block { get; init; }

    /// <summary>The moment of that block: the latest time of any transaction that counts up to and with it.</summary>
    public required DateTimeOffset Moment { get; init; }

    /// <summary>The transaction's position in the block.</summary>
    public required int Position { get; init; }

    /// <summary>The transaction.</summary>
    public required string TransactionId { get; init; }

    /// <summary>The statement's type, or one of <see cref="LeafTypes"/>.</summary>
    public required string Type { get; init; }

    /// <summary>What was said, as it was signed; absent where it is too long, and of what is no statement.</summary>
    public JsonElement? Statement { get; init; }

    /// <summary>The digest of a statement that is too long for a leaf, a <see cref="StatementDigest"/>.</summary>
    public string? Digest { get; init; }

    /// <summary>The statement's signature, base64url without padding.</summary>
    public string? Signature { get; init; }

    /// <summary>What the ledger's record has; of what is no statement alone.</summary>
    public JsonElement? Record { get; init; }

    /// <summary>Reads a leaf's data.</summary>
    /// <exception cref="FormatException">It is none, or not in its one form; the message says why.</exception>
    public static LogLeaf Parse(ReadOnlySpan<byte> data)
    {
        LogLeaf leaf;
        try
        {
            leaf = LedgerJson.Deserialize<LogLeaf>(data);
        }
        catch (StrictJsonException e)
        {
            throw new FormatException($"It is no leaf of such a log: {e.Message}", e);
        }

        return leaf.ToBytes().AsSpan().SequenceEqual(data)
            ? leaf
            : throw new FormatException("It is not written in canonical JSON (RFC 8785).");
    }

    /// <summary>Writes the leaf's data: canonical JSON.</summary>
    public byte[] ToBytes() => CanonicalJson.Serialize(this);

    /// <summary>The issuance that it says; none if it says something else, or what cannot be read.</summary>
    internal IssuanceStatement? Issuance()
    {
        if (Type != IssuanceStatement.TypeName || Statement is not { } statement) return null;
        try
        {
            return LedgerJson.Deserialize<IssuanceStatement>(statement);
        }
        catch (StrictJsonException)
        {
            return null;
        }
    }

    /// <summary>Writes the leaf's data, with the statement's digest in its place if it is too long.</summary>
    internal byte[] ToEntry()
    {
        byte[] data = ToBytes();
        if (data.Length <= EntryBundle.MaxEntryBytes || Statement is not { } statement) return data;
        return (this with { Statement = null, Digest = StatementDigest.Of<object>(statement) }).ToBytes();
    }
}

/// <summary>The types of leaves that are no institution's signed statement.</summary>
public static class LeafTypes
{
    /// <summary>The ledger was founded: its <see cref="Model.Founding"/>.</summary>
    public const string Founding = "Founding";

    /// <summary>An institution became a member, or is none any more: <see cref="MemberLeaf"/>.</summary>
    public const string Member = "Member";

    /// <summary>An institution registered or withdrew a key by its own transaction: <see cref="KeyLeaf"/>.</summary>
    public const string Key = "SigningKey";

    /// <summary>The members confirmed who an institution is, or that changed: <see cref="IdentityLeaf"/>.</summary>
    public const string Identity = "Identity";
}

/// <summary>Whether an institution is a member from now on.</summary>
/// <param name="MspId">The institution.</param>
/// <param name="IsMember">Whether it is.</param>
/// <param name="Former">How it left, if the ledger says so.</param>
public sealed record MemberLeaf(string MspId, bool IsMember, FormerMember? Former = null);

/// <summary>A key as it counts from now on.</summary>
/// <param name="MspId">Whose.</param>
/// <param name="Key">The key.</param>
public sealed record KeyLeaf(string MspId, SigningKey Key);

/// <summary>An identity of an institution, as the members confirmed it.</summary>
/// <param name="MspId">Whose.</param>
/// <param name="Number">Which of its identities, from 0.</param>
/// <param name="Identity">The identity.</param>
public sealed record IdentityLeaf(string MspId, int Number, InstitutionIdentity Identity);
