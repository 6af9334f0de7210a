using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using MicroCreds.Ledger.Credentials.Verifying;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Log.Notes;

/// <summary>A public key that notes are verified with (C2SP signed-note, "verifier key"). Thread-safe.</summary>
public sealed class NoteKey
{
    /// <summary>The bytes of a key's identifier.</summary>
    public const int IdBytes = 4;

    /// <summary>The longest verifier key that is read, in characters.</summary>
    public const int MaxLength = 4096;

    private const string CosignatureHeader = "cosignature/v1\ntime ";

    /// <summary>Of all keys that a verifier meets; when it is full it starts over.</summary>
    private const int MaxKnown = 4096;

    // To see that a key's point is a sound one takes as long as to verify a signature.
    private static readonly ConcurrentDictionary<string, NoteKey> Known = new(StringComparer.Ordinal);

    // Types without a number of their own have a text behind 0xff that nobody else is likely to choose.
    private static readonly byte[] MlDsaHeadMark = [.. "microcreds-ledger/ml-dsa-44-head/v1\n"u8];

    private readonly PublicKey? _ed25519;
    private readonly MlDsaKey? _mlDsa;

    private string? _text;

    private NoteKey(string name, NoteKeyType type, ReadOnlySpan<byte> publicKey)
    {
        (Name, Type) = (name, type);
        if (IsMlDsa) _mlDsa = new MlDsaKey(publicKey);
        else _ed25519 = Multikey.Parse(Multikey.Encode(KeyAlgorithm.Ed25519, publicKey));
        byte[] hash = SHA256.HashData(
            [.. Encoding.UTF8.GetBytes(name), (byte)'\n', .. TypeBytes, .. publicKey]);
        Id = BinaryPrimitives.ReadUInt32BigEndian(hash);
    }

    /// <summary>The key's name; of a log its origin.</summary>
    public string Name { get; }

    /// <summary>What it signs.</summary>
    public NoteKeyType Type { get; }

    /// <summary>The first bytes of the hash of name, type and key: with the name they say which key it is.</summary>
    public uint Id { get; }

    /// <summary>Whether it signs with the time: only such keys are cosigners'.</summary>
    public bool IsCosigner => Type != NoteKeyType.Ed25519;

    /// <summary>Whether it is one of ML-DSA-44, which outlives elliptic keys.</summary>
    public bool IsMlDsa => Type is NoteKeyType.MlDsaCosignature or NoteKeyType.MlDsaHead;

    /// <summary>Whether its signature covers the lines behind a head's root.</summary>
    public bool CoversLines => Type != NoteKeyType.MlDsaCosignature;

    /// <summary>The key's bytes: whoever has the same under two names is one.</summary>
    internal ReadOnlyMemory<byte> PublicKey => _mlDsa?.Bytes ?? _ed25519!.Bytes;

    /// <summary>Makes a verifier key.</summary>
    /// <param name="name">Its name: no white space, no plus sign.</param>
    /// <param name="type">What it signs.</param>
    /// <param name="publicKey">The bytes of the key: 32 of Ed25519, 1,312 of ML-DSA-44.</param>
    /// <exception cref="FormatException">The name or the key is none.</exception>
    public static NoteKey Of(string name, NoteKeyType type, ReadOnlySpan<byte> publicKey)
    {
        if (!IsName(name))
        {
            throw new FormatException(
                $"\"{name}\" cannot name a key of notes: it must not be empty, nor hold white space or a plus sign.");
        }

        return new NoteKey(name, type, publicKey);
    }

    /// <summary>The same key under another name, for what it signs besides.</summary>
    /// <exception cref="FormatException">The name is none.</exception>
    public NoteKey As(string name, NoteKeyType type) => Of(name, type, PublicKey.Span);

    /// <summary>Reads a verifier key: <c>name+id+base64(type ‖ key)</c>.</summary>
    /// <exception cref="FormatException">It is none, or of a type that is not known here.</exception>
    public static NoteKey Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (Known.TryGetValue(text, out var known)) return known;
        var read = Read(text);
        if (Known.Count >= MaxKnown) Known.Clear();
        return Known.GetOrAdd(text, read);
    }

    private static NoteKey Read(string text)
    {
        string[] parts = text.Split('+', 3);
        if (text.Length > MaxLength || parts is not [var name, var id, var material]
            || !NoteBase64.TryDecode(material, out byte[] bytes) || bytes.Length < 1)
        {
            throw new FormatException(
                "A verifier key looks like example.org/log+530d903a+AekyeRrm…: name, id and key, with plus signs "
                + "between them.");
        }

        var type = (NoteKeyType)bytes[0];
        var publicKey = bytes.AsSpan(1);
        bool isHead = type == NoteKeyType.MlDsaHead && publicKey.StartsWith(MlDsaHeadMark);
        if (type is not (NoteKeyType.Ed25519 or NoteKeyType.Cosignature or NoteKeyType.MlDsaCosignature) && !isHead)
        {
            throw new FormatException(
                $"The verifier key of {name} is of type 0x{bytes[0]:x2}; only Ed25519 (0x01), cosignature/v1 (0x04), "
                + "cosignatures of ML-DSA-44 (0x06) and those over heads with their lines (0xff and a name) are known "
                + "here.");
        }

        var key = Of(name, type, isHead ? publicKey[MlDsaHeadMark.Length..] : publicKey);
        return key.IdText == id
            ? key
            : throw new FormatException(
                $"The verifier key of {name} says the id {id}, but its key has {key.IdText}: a character was changed.");
    }

    /// <summary>Writes the verifier key.</summary>
    public override string ToString() => _text ??=
        $"{Name}+{IdText}+{Convert.ToBase64String([.. TypeBytes, .. PublicKey.Span])}";

    /// <summary>Tells whether the key signed a text; of a cosignature also when.</summary>
    /// <param name="text">The note's text, with its last newline.</param>
    /// <param name="signature">What stands in the signature's line behind the key's id.</param>
    /// <param name="time">When it was signed; only of a cosignature.</param>
    public bool Verify(string text, ReadOnlySpan<byte> signature, out DateTimeOffset? time) =>
        Verify(text, signature, memory: null, out time);

    /// <inheritdoc cref="Verify(string, ReadOnlySpan{byte}, out DateTimeOffset?)"/>
    internal bool Verify(
        string text, ReadOnlySpan<byte> signature, SignatureMemory? memory, out DateTimeOffset? time)
    {
        time = null;
        if (Type == NoteKeyType.Ed25519) return VerifyBytes(Encoding.UTF8.GetBytes(text), signature, memory);
        if (signature.Length < sizeof(ulong)) return false;

        ulong seconds = BinaryPrimitives.ReadUInt64BigEndian(signature);
        if (seconds > (ulong)DateTimeOffset.MaxValue.ToUnixTimeSeconds()
            || CosignedBytes(text, (long)seconds) is not { } signed
            || !VerifyBytes(signed, signature[sizeof(ulong)..], memory))
        {
            return false;
        }

        time = DateTimeOffset.FromUnixTimeSeconds((long)seconds);
        return true;
    }

    /// <summary>
    /// What a cosigner signs: by Ed25519 header, time and the whole text of the note; by ML-DSA-44 a structure of the
    /// checkpoint's parts. None for a text that is no checkpoint, or whose name or origin is too long for it.
    /// </summary>
    internal byte[]? CosignedBytes(string text, long seconds)
    {
        if (!IsMlDsa)
        {
            return Encoding.UTF8.GetBytes(
                string.Create(CultureInfo.InvariantCulture, $"{CosignatureHeader}{seconds}\n{text}"));
        }

        try
        {
            var head = LogHead.Parse(text);
            return CosignedMessage.Write(Name, seconds, CoversLines ? head.BoundOrigin : head.Origin, head);
        }
        catch (FormatException)
        {
            return null;
        }
    }

    /// <summary>Tells whether a text can name a key.</summary>
    internal static bool IsName(string name) =>
        name.Length > 0 && !name.Contains('+', StringComparison.Ordinal)
        && !name.Any(c => char.IsWhiteSpace(c) || char.IsControl(c));

    private bool VerifyBytes(ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature, SignatureMemory? memory) =>
        _mlDsa is null
            ? memory?.Verify(_ed25519!, message, signature) ?? _ed25519!.Verify(message, signature)
            : memory?.Verify(_mlDsa, message, signature) ?? _mlDsa.Verify(message, signature);

    private byte[] TypeBytes =>
        Type == NoteKeyType.MlDsaHead ? [(byte)Type, .. MlDsaHeadMark] : [(byte)Type];

    private string IdText => Id.ToString("x8", CultureInfo.InvariantCulture);
}
