using System.Buffers.Binary;
using System.Formats.Cbor;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using MicroCreds.Ledger.Credentials.Forms;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Credentials;

/// <summary>
/// What is a credential's own: the learner's part, its identifier and its salt. Everything else that it says stands in
/// its <see cref="CredentialTemplate"/> and its place on the ledger; of these three the document comes out byte for
/// byte as it was hashed into its leaf. Personal: never log it. Immutable.
/// </summary>
/// <remarks>
/// Kept as deterministic CBOR (RFC 8949, section 4.2): a map from small numbers, in which what is not there is left
/// out. A member that this version does not know is refused, since it would be missing from the document.
/// </remarks>
public sealed record CredentialSeed
{
    /// <summary>The version of the form. How documents are made of it, their template says.</summary>
    public const int Version = 1;

    /// <summary>The random bytes that an identifier and the salts of one credential are made of.</summary>
    public const int RandomBytes = UuidBytes + (2 * CredentialVocabulary.SaltBytes);

    /// <summary>The length of a UUID.</summary>
    private const int UuidBytes = 16;

    private enum Member
    {
        Version = 0,
        Id = 1,
        Salt = 2,
        Name = 3,
        RecipientId = 4,
        Identity = 5,
        Result = 6,
        Holder = 7,
        ValidUntil = 8,
        Evidence = 9,
        Parts = 10,
    }

    /// <summary>The UUID of the credential's identifier.</summary>
    public required Guid Id { get; init; }

    /// <summary>The salt of the leaf, <see cref="CredentialVocabulary.SaltBytes"/> bytes.</summary>
    public required ReadOnlyMemory<byte> Salt { get; init; }

    /// <summary>The learner's name.</summary>
    public required string Name { get; init; }

    /// <summary>An identifier that the learner controls; absent if the request gave none.</summary>
    public string? RecipientId { get; init; }

    /// <summary>What of the learner stands there as a salted hash; absent if nothing does.</summary>
    public HashedIdentity? Identity { get; init; }

    /// <summary>The grade or other result.</summary>
    public CredentialResult? Result { get; init; }

    /// <summary>The key that it is bound to, as a Multikey; absent if it is bound to none.</summary>
    public string? Holder { get; init; }

    /// <summary>When it expires, in whole seconds; absent if never.</summary>
    public DateTimeOffset? ValidUntil { get; init; }

    /// <summary>What shows that it was earned.</summary>
    public IReadOnlyList<CredentialEvidence> Evidence { get; init; } = [];

    /// <summary>The credentials that it is made up of.</summary>
    public IReadOnlyList<CredentialPart> Parts { get; init; } = [];

    /// <summary>Takes what is its own out of a request, and draws identifier and salts.</summary>
    /// <param name="request">A request that <see cref="CredentialBuilder.Validate"/> found nothing wrong with.</param>
    /// <param name="validFrom">When it becomes valid.</param>
    /// <param name="parts">The credentials that it is made up of. Default is none.</param>
    public static CredentialSeed Draw(
        CredentialRequest request, DateTimeOffset validFrom, IReadOnlyList<CredentialPart>? parts = null) =>
        Draw(request, validFrom, RandomNumberGenerator.GetBytes(RandomBytes), parts);

    /// <summary>
    /// Takes what is its own out of one of many requests: to draw the random bytes of all at once takes a small part of
    /// the time.
    /// </summary>
    /// <param name="request">A request that <see cref="CredentialBuilder.Validate"/> found nothing wrong with.</param>
    /// <param name="validFrom">When it becomes valid.</param>
    /// <param name="random">
    /// <see cref="RandomBytes"/> of a cryptographic source, which nothing else is made of; do not change them.
    /// </param>
    /// <param name="parts">The credentials that it is made up of. Default is none.</param>
    /// <exception cref="ArgumentException">There are more or fewer random bytes.</exception>
    public static CredentialSeed Draw(
        CredentialRequest request, DateTimeOffset validFrom, ReadOnlyMemory<byte> random,
        IReadOnlyList<CredentialPart>? parts = null)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentOutOfRangeException.ThrowIfNotEqual(random.Length, RandomBytes);
        var recipient = request.Recipient;
        var salt = random[UuidBytes..][..CredentialVocabulary.SaltBytes];
        var identitySalt = random[(UuidBytes + CredentialVocabulary.SaltBytes)..];
        return new CredentialSeed
        {
            Id = UuidOf(validFrom, random.Span[..UuidBytes]),
            Salt = salt,
            Name = recipient.Name,
            RecipientId = recipient.Id,

            // Open Badges asks for an identifier wherever the subject has no id.
            Identity = recipient.Email is { } email ? HashedIdentity.Of(HashedIdentity.Mail, email, identitySalt)
                : recipient.Id is null ? HashedIdentity.Of(HashedIdentity.FullName, recipient.Name, identitySalt)
                : null,
            Result = request.Result,
            Holder = recipient.Key is { } key ? MultikeyOf(key) : null,
            ValidUntil = request.ValidUntil is { } until
                ? DateTimeOffset.FromUnixTimeSeconds(until.ToUnixTimeSeconds())
                : null,
            Evidence = request.Evidence ?? [],
            Parts = parts ?? [],
        };
    }

    /// <summary>Writes it, about 120 bytes for an ordinary credential.</summary>
    public byte[] ToCbor()
    {
        var writer = new CborWriter(CborConformanceMode.Canonical, convertIndefiniteLengthEncodings: true);
        writer.WriteStartMap(null);
        Begin(writer, Member.Version).WriteInt32(Version);
        Begin(writer, Member.Id).WriteByteString(Id.ToByteArray(bigEndian: true));
        Begin(writer, Member.Salt).WriteByteString(Salt.Span);
        Begin(writer, Member.Name).WriteTextString(Name);
        if (RecipientId is { } id) Begin(writer, Member.RecipientId).WriteTextString(id);
        if (Identity is { } identity) identity.Write(Begin(writer, Member.Identity));
        if (Result is { } result) WriteTexts(Begin(writer, Member.Result), result.Value, result.Status);
        if (Holder is { } holder) Begin(writer, Member.Holder).WriteTextString(holder);
        if (ValidUntil is { } until) Begin(writer, Member.ValidUntil).WriteInt64(until.ToUnixTimeSeconds());
        if (Evidence.Count > 0)
        {
            Begin(writer, Member.Evidence).WriteStartArray(Evidence.Count);
            foreach (var item in Evidence) WriteTexts(writer, item.Url, item.Name, item.Description);
            writer.WriteEndArray();
        }

        if (Parts.Count > 0)
        {
            Begin(writer, Member.Parts).WriteStartArray(Parts.Count);
            foreach (var part in Parts) Write(writer, part);
            writer.WriteEndArray();
        }

        writer.WriteEndMap();
        return writer.Encode();
    }

    /// <summary>Reads what <see cref="ToCbor"/> gave.</summary>
    /// <exception cref="FormatException">It is not that, or of a newer version.</exception>
    public static CredentialSeed FromCbor(ReadOnlyMemory<byte> cbor)
    {
        try
        {
            var reader = new CborReader(cbor, CborConformanceMode.Canonical);
            reader.ReadStartMap();
            if (reader.ReadInt32() != (int)Member.Version || reader.ReadInt32() is var version && version != Version)
            {
                throw new FormatException(
                    $"A credential's seed is not of version {Version}, which is all that this program knows.");
            }

            var seed = ReadMembers(reader);
            reader.ReadEndMap();
            return reader.BytesRemaining == 0 && seed.Salt.Length == CredentialVocabulary.SaltBytes
                ? seed
                : throw new FormatException("A credential's seed has too many bytes, or lost its salt.");
        }
        catch (Exception e) when (e is CborContentException or InvalidOperationException or OverflowException
            or ArgumentException)
        {
            throw new FormatException("A credential's seed is damaged.", e);
        }
    }

    private static CredentialSeed ReadMembers(CborReader reader)
    {
        Guid uuid = default;
        ReadOnlyMemory<byte> salt = default;
        string name = "";
        string? id = null, holder = null;
        HashedIdentity? identity = null;
        CredentialResult? result = null;
        DateTimeOffset? until = null;
        List<CredentialEvidence>? evidence = null;
        List<CredentialPart>? parts = null;
        while (reader.PeekState() != CborReaderState.EndMap)
        {
            var member = (Member)reader.ReadInt32();
            switch (member)
            {
                case Member.Id: uuid = new Guid(reader.ReadByteString(), bigEndian: true); break;
                case Member.Salt: salt = reader.ReadByteString(); break;
                case Member.Name: name = reader.ReadTextString(); break;
                case Member.RecipientId: id = reader.ReadTextString(); break;
                case Member.Identity: identity = HashedIdentity.Read(reader); break;
                case Member.Result:
                    string?[] texts = ReadTexts(reader, 2);
                    result = new CredentialResult { Value = texts[0], Status = texts[1] };
                    break;
                case Member.Holder: holder = reader.ReadTextString(); break;
                case Member.ValidUntil: until = DateTimeOffset.FromUnixTimeSeconds(reader.ReadInt64()); break;
                case Member.Evidence: evidence = ReadAll(reader, ReadEvidence); break;
                case Member.Parts: parts = ReadAll(reader, ReadPart); break;
                default:
                    throw new FormatException(
                        $"A credential's seed has a member {(int)member}, which is not known here.");
            }
        }

        return new CredentialSeed
        {
            Id = uuid,
            Salt = salt,
            Name = name,
            RecipientId = id,
            Identity = identity,
            Result = result,
            Holder = holder,
            ValidUntil = until,
            Evidence = evidence ?? [],
            Parts = parts ?? [],
        };
    }

    /// <summary>
    /// A UUID of the moment to the second, as it is written in the credential, and 74 random bits (RFC 9562's version
    /// 7): an issuance lies together in a store, and nothing is told beyond the moment, nor in which order people were
    /// entered.
    /// </summary>
    private static Guid UuidOf(DateTimeOffset validFrom, ReadOnlySpan<byte> random)
    {
        Span<byte> uuid = stackalloc byte[UuidBytes];
        random.CopyTo(uuid);
        long milliseconds = validFrom.ToUnixTimeSeconds() * 1000;
        BinaryPrimitives.WriteUInt16BigEndian(uuid, (ushort)(milliseconds >> 32));
        BinaryPrimitives.WriteUInt32BigEndian(uuid[2..], (uint)milliseconds);
        uuid[6] = (byte)(0x70 | (uuid[6] & 0x0F));
        uuid[8] = (byte)(0x80 | (uuid[8] & 0x3F));
        return new Guid(uuid, bigEndian: true);
    }

    private static string MultikeyOf(JsonElement jwk)
    {
        var key = JsonWebKey.Read(jwk);
        return Multikey.Encode(key.Algorithm, key.Bytes.Span);
    }

    private static CborWriter Begin(CborWriter writer, Member member)
    {
        writer.WriteInt32((int)member);
        return writer;
    }

    private static void WriteTexts(CborWriter writer, params ReadOnlySpan<string?> texts)
    {
        writer.WriteStartArray(texts.Length);
        foreach (string? text in texts)
        {
            if (text is null) writer.WriteNull();
            else writer.WriteTextString(text);
        }

        writer.WriteEndArray();
    }

    private static string?[] ReadTexts(CborReader reader, int count)
    {
        string?[] texts = new string?[count];
        reader.ReadStartArray();
        for (int i = 0; i < count; i++)
        {
            if (reader.PeekState() != CborReaderState.Null) texts[i] = reader.ReadTextString();
            else reader.ReadNull();
        }

        reader.ReadEndArray();
        return texts;
    }

    private static List<T> ReadAll<T>(CborReader reader, Func<CborReader, T> read)
    {
        var all = new List<T>();
        reader.ReadStartArray();
        while (reader.PeekState() != CborReaderState.EndArray) all.Add(read(reader));
        reader.ReadEndArray();
        return all;
    }

    private static CredentialEvidence ReadEvidence(CborReader reader)
    {
        string?[] texts = ReadTexts(reader, 3);
        return new CredentialEvidence { Url = texts[0], Name = texts[1], Description = texts[2] };
    }

    private static void Write(CborWriter writer, CredentialPart part)
    {
        writer.WriteStartArray(5);
        writer.WriteTextString(part.Id);
        writer.WriteTextString(part.Title);
        writer.WriteTextString(part.MspId);
        writer.WriteByteString(Convert.FromHexString(part.Root));
        writer.WriteInt32(part.Index);
        writer.WriteEndArray();
    }

    private static CredentialPart ReadPart(CborReader reader)
    {
        reader.ReadStartArray();
        var part = new CredentialPart(
            reader.ReadTextString(), reader.ReadTextString(), reader.ReadTextString(),
            Convert.ToHexStringLower(reader.ReadByteString()), reader.ReadInt32());
        reader.ReadEndArray();
        return part;
    }
}

/// <summary>What of a learner stands in a credential as a salted hash, as Open Badges has it.</summary>
/// <param name="Type">Open Badges' <c>identityType</c>.</param>
/// <param name="Hash">The SHA-256 of the identity and the salt's text.</param>
/// <param name="Salt">The salt.</param>
public sealed record HashedIdentity(string Type, ReadOnlyMemory<byte> Hash, ReadOnlyMemory<byte> Salt)
{
    /// <summary>A mail address.</summary>
    public const string Mail = "emailAddress";

    /// <summary>A name.</summary>
    public const string FullName = "name";

    private static readonly string[] Types = [Mail, FullName];

    /// <summary>Hashes an identity with a salt, <see cref="CredentialVocabulary.SaltBytes"/> random bytes.</summary>
    internal static HashedIdentity Of(string type, string value, ReadOnlyMemory<byte> salt)
    {
        byte[] hash = SHA256.HashData(Encoding.UTF8.GetBytes(value + CredentialTemplate.TextOf(salt.Span)));
        return new HashedIdentity(type, hash, salt);
    }

    internal void Write(CborWriter writer)
    {
        writer.WriteStartArray(3);
        writer.WriteInt32(Array.IndexOf(Types, Type));
        writer.WriteByteString(Hash.Span);
        writer.WriteByteString(Salt.Span);
        writer.WriteEndArray();
    }

    internal static HashedIdentity Read(CborReader reader)
    {
        reader.ReadStartArray();
        int type = reader.ReadInt32();
        var identity = new HashedIdentity(
            type >= 0 && type < Types.Length
                ? Types[type] : throw new FormatException("An identity's type is unknown."),
            reader.ReadByteString(), reader.ReadByteString());
        reader.ReadEndArray();
        return identity;
    }
}
