using System.Formats.Cbor;
using System.Security.Cryptography;
using System.Text;
using MicroCreds.Ledger.Credentials.StatusLists;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Credentials.Compact;

/// <summary>
/// A credential as it fits on paper: the learner's part, its place on the ledger and the proof. All else that the
/// document says is taken from the ledger's records, out of which <see cref="CompactExpander"/> makes the document
/// again byte for byte. Specified in <c>gateway/docs/compact-form.md</c>. Personal: never log it. Immutable.
/// </summary>
public sealed record CompactCredential
{
    /// <summary>The bytes of a tag: enough to tell things apart, and no proof of any of them.</summary>
    public const int TagBytes = 4;

    /// <summary>The longest Merkle path, in hashes: the height of the largest tree.</summary>
    public const int MaxPathLength = 20;

    private const int Members = 12;
    private const string Https = "https://";
    private const string SchemeMark = "://";

    /// <summary>How the document is made, which is also the version of the text: that of its template.</summary>
    public int Version { get; init; } = CredentialTemplate.Version;

    /// <summary>The first bytes of the SHA-256 of the ledger's name.</summary>
    public required ReadOnlyMemory<byte> LedgerTag { get; init; }

    /// <summary>The issuing institution.</summary>
    public required string MspId { get; init; }

    /// <summary>The issuance's Merkle root, 64 lower-case hexadecimal digits.</summary>
    public required string Root { get; init; }

    /// <summary>The credential's index in the tree, from 0.</summary>
    public required int Index { get; init; }

    /// <summary>The Merkle path, one hash behind the other, from the leaf upwards.</summary>
    public required ReadOnlyMemory<byte> Path { get; init; }

    /// <summary>The achievement; absent if the issuance attests one only.</summary>
    public AchievementReference? Achievement { get; init; }

    /// <summary>The first bytes of the SHA-256 of the document's canonical <c>issuer</c>.</summary>
    public required ReadOnlyMemory<byte> IssuerTag { get; init; }

    /// <summary>The address of the gateway that the document names for its status list.</summary>
    public required string Gateway { get; init; }

    /// <summary>When the credential became valid, in whole seconds; also the time of its proof.</summary>
    public required DateTimeOffset ValidFrom { get; init; }

    /// <summary>The key that signed the document; absent if it is the one that signed the issuance.</summary>
    public string? KeyId { get; init; }

    /// <summary>The signature of the document's proof, 64 bytes.</summary>
    public required ReadOnlyMemory<byte> Signature { get; init; }

    /// <summary>The learner's part.</summary>
    public required CredentialSeed Seed { get; init; }

    /// <summary>Takes the compact form of a document.</summary>
    /// <param name="document">The document with its proof.</param>
    /// <param name="seed">The seed that it was made of.</param>
    /// <param name="issuance">Its issuance, as the ledger has it.</param>
    /// <exception cref="FormatException">The document is in another form, or has no place in a status list.</exception>
    public static CompactCredential Of(ReadCredential document, CredentialSeed seed, IssuanceStatement issuance)
    {
        ArgumentNullException.ThrowIfNull(document);
        ArgumentNullException.ThrowIfNull(seed);
        ArgumentNullException.ThrowIfNull(issuance);
        if (document.Form != CredentialForm.DataIntegrity || document.StatusEntry is not { } status)
            throw new FormatException("Only a document with a Data Integrity proof and a status has a compact form.");

        var anchor = document.Anchor;
        return new CompactCredential
        {
            Version = document.TemplateVersion,
            LedgerTag = TagOf(Encoding.UTF8.GetBytes(anchor.Ledger)),
            MspId = anchor.MspId,
            Root = anchor.Root,
            Index = anchor.Index,
            Path = Convert.FromHexString(string.Concat(anchor.Path)),
            Achievement = issuance.Achievements.Count == 1 ? null : document.Achievement,
            IssuerTag = TagOf(document.Members["issuer"]!.Value.Span),
            Gateway = status.Url[..status.Url.LastIndexOf(StatusListName.Path, StringComparison.Ordinal)],
            ValidFrom = document.ValidFrom,
            KeyId = document.Proof.KeyId == issuance.KeyId ? null : document.Proof.KeyId,
            Signature = document.Proof.Signature,
            Seed = seed,
        };
    }

    /// <summary>Gives the tag of something.</summary>
    public static byte[] TagOf(ReadOnlySpan<byte> bytes) => SHA256.HashData(bytes)[..TagBytes];

    /// <summary>Writes it as deterministic CBOR.</summary>
    public byte[] ToCbor()
    {
        var writer = new CborWriter(CborConformanceMode.Canonical);
        writer.WriteStartArray(Members);
        writer.WriteByteString(LedgerTag.Span);
        writer.WriteTextString(MspId);
        writer.WriteByteString(Convert.FromHexString(Root));
        writer.WriteInt32(Index);
        writer.WriteByteString(Path.Span);
        if (Achievement is { } achievement)
        {
            writer.WriteStartArray(2);
            writer.WriteTextString(achievement.Id);
            writer.WriteInt32(achievement.Version);
            writer.WriteEndArray();
        }
        else
        {
            writer.WriteNull();
        }

        writer.WriteByteString(IssuerTag.Span);
        writer.WriteTextString(Shorten(Gateway));
        if (ValidFrom == TimeOf(Seed.Id)) writer.WriteNull();
        else writer.WriteInt64(ValidFrom.ToUnixTimeSeconds());
        if (KeyId is null) writer.WriteNull();
        else writer.WriteTextString(KeyId);
        writer.WriteByteString(Signature.Span);
        writer.WriteEncodedValue(Seed.ToCbor());
        writer.WriteEndArray();
        return writer.Encode();
    }

    /// <summary>Reads what <see cref="ToCbor"/> gave; what could be written otherwise is refused.</summary>
    /// <param name="cbor">The bytes.</param>
    /// <param name="version">The version that stands in front of them.</param>
    /// <exception cref="FormatException">It is not that.</exception>
    public static CompactCredential FromCbor(ReadOnlyMemory<byte> cbor, int version)
    {
        CompactCredential read;
        try
        {
            read = Read(new CborReader(cbor, CborConformanceMode.Canonical)) with { Version = version };
        }
        catch (Exception e) when (e is CborContentException or InvalidOperationException or OverflowException
            or ArgumentException)
        {
            throw new FormatException("It is damaged: a letter is missing, or was changed.", e);
        }

        return read.IsSound() && cbor.Span.SequenceEqual(read.ToCbor())
            ? read
            : throw new FormatException("It is damaged: what it holds is out of bounds, or spelt otherwise.");
    }

    private static CompactCredential Read(CborReader reader)
    {
        if (reader.ReadStartArray() != Members)
            throw new FormatException($"It must be a list of {Members} members.");
        byte[] ledger = reader.ReadByteString();
        string mspId = reader.ReadTextString();
        byte[] root = reader.ReadByteString();
        int index = reader.ReadInt32();
        byte[] path = reader.ReadByteString();
        var achievement = ReadAchievement(reader);
        byte[] issuer = reader.ReadByteString();
        string gateway = Lengthen(reader.ReadTextString());
        DateTimeOffset? validFrom = IsNull(reader) ? null : DateTimeOffset.FromUnixTimeSeconds(reader.ReadInt64());
        string? keyId = IsNull(reader) ? null : reader.ReadTextString();
        byte[] signature = reader.ReadByteString();
        var seed = CredentialSeed.FromCbor(reader.ReadEncodedValue());
        reader.ReadEndArray();
        if (reader.BytesRemaining != 0) throw new FormatException("It has too many bytes.");
        return new CompactCredential
        {
            LedgerTag = ledger,
            MspId = mspId,
            Root = Convert.ToHexStringLower(root),
            Index = index,
            Path = path,
            Achievement = achievement,
            IssuerTag = issuer,
            Gateway = gateway,
            ValidFrom = validFrom ?? TimeOf(seed.Id) ?? throw new FormatException("It has no time."),
            KeyId = keyId,
            Signature = signature,
            Seed = seed,
        };
    }

    private static AchievementReference? ReadAchievement(CborReader reader)
    {
        if (IsNull(reader)) return null;
        if (reader.ReadStartArray() != 2) throw new FormatException("An achievement is an identifier and a version.");
        var achievement = new AchievementReference(reader.ReadTextString(), reader.ReadInt32());
        reader.ReadEndArray();
        return achievement;
    }

    private static bool IsNull(CborReader reader)
    {
        if (reader.PeekState() != CborReaderState.Null) return false;
        reader.ReadNull();
        return true;
    }

    private bool IsSound() => LedgerTag.Length == TagBytes && IssuerTag.Length == TagBytes
        && MspId.Length is > 0 and <= Limits.MaxIdLength
        && Root.Length == 2 * MerkleTree.HashLength
        && Index is >= 0 and < Limits.MaxIssuanceSize
        && Path.Length % MerkleTree.HashLength == 0 && Path.Length <= MaxPathLength * MerkleTree.HashLength
        && Gateway.Length is > 0 and <= Limits.MaxUrlLength
        && KeyId is null or { Length: > 0 and <= Limits.MaxIdLength }
        && Signature.Length == SignatureText.SignatureBytes;

    // Nearly all are served by https, and eight letters are twelve on paper.
    private static string Shorten(string gateway) =>
        gateway.StartsWith(Https, StringComparison.Ordinal)
        && !gateway[Https.Length..].Contains(SchemeMark, StringComparison.Ordinal)
            ? gateway[Https.Length..]
            : gateway;

    private static string Lengthen(string gateway) =>
        gateway.Contains(SchemeMark, StringComparison.Ordinal) ? gateway : Https + gateway;

    /// <summary>The time in a UUID of version 7, cut to whole seconds; none if no calendar has it.</summary>
    private static DateTimeOffset? TimeOf(Guid id)
    {
        Span<byte> bytes = stackalloc byte[16];
        id.TryWriteBytes(bytes, bigEndian: true, out _);
        long milliseconds = 0;
        foreach (byte part in bytes[..6]) milliseconds = (milliseconds << 8) | part;
        return milliseconds <= DateTimeOffset.MaxValue.ToUnixTimeMilliseconds()
            ? DateTimeOffset.FromUnixTimeSeconds(milliseconds / 1000)
            : null;
    }
}
