using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Log.Notes;

/// <summary>A public key that notes are verified with (C2SP signed-note, "verifier key"). Thread-safe.</summary>
public sealed class NoteKey
{
    /// <summary>The bytes of a key's identifier.</summary>
    public const int IdBytes = 4;

    /// <summary>The longest verifier key that is read, in characters.</summary>
    public const int MaxLength = 1024;

    private const string CosignatureHeader = "cosignature/v1\ntime ";

    /// <summary>Of all keys that a verifier meets; when it is full it starts over.</summary>
    private const int MaxKnown = 4096;

    // To see that a key's point is a sound one takes as long as to verify a signature.
    private static readonly ConcurrentDictionary<string, NoteKey> Known = new(StringComparer.Ordinal);

    private readonly PublicKey _key;

    private NoteKey(string name, NoteKeyType type, PublicKey key)
    {
        (Name, Type, _key) = (name, type, key);
        byte[] hash = SHA256.HashData(
            [.. Encoding.UTF8.GetBytes(name), (byte)'\n', (byte)type, .. key.Bytes.Span]);
        Id = BinaryPrimitives.ReadUInt32BigEndian(hash);
    }

    /// <summary>The key's name; of a log its origin.</summary>
    public string Name { get; }

    /// <summary>What it signs.</summary>
    public NoteKeyType Type { get; }

    /// <summary>The first bytes of the hash of name, type and key: with the name they say which key it is.</summary>
    public uint Id { get; }

    /// <summary>Makes a verifier key of an Ed25519 key.</summary>
    /// <param name="name">Its name: no white space, no plus sign.</param>
    /// <param name="type">What it signs.</param>
    /// <param name="publicKey">The 32 bytes of the key.</param>
    /// <exception cref="FormatException">The name or the key is none.</exception>
    public static NoteKey Of(string name, NoteKeyType type, ReadOnlySpan<byte> publicKey)
    {
        if (!IsName(name))
        {
            throw new FormatException(
                $"\"{name}\" cannot name a key of notes: it must not be empty, nor hold white space or a plus sign.");
        }

        return new NoteKey(name, type, Multikey.Parse(Multikey.Encode(KeyAlgorithm.Ed25519, publicKey)));
    }

    /// <summary>The same key under another name, for what it signs besides.</summary>
    /// <exception cref="FormatException">The name is none.</exception>
    public NoteKey As(string name, NoteKeyType type) => Of(name, type, _key.Bytes.Span);

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

        if ((NoteKeyType)bytes[0] is not (NoteKeyType.Ed25519 or NoteKeyType.Cosignature))
        {
            throw new FormatException(
                $"The verifier key of {name} is of type 0x{bytes[0]:x2}; only Ed25519 (0x01) and cosignature/v1 (0x04) "
                + "are known here.");
        }

        var key = Of(name, (NoteKeyType)bytes[0], bytes.AsSpan(1));
        return key.IdText == id
            ? key
            : throw new FormatException(
                $"The verifier key of {name} says the id {id}, but its key has {key.IdText}: a character was changed.");
    }

    /// <summary>Writes the verifier key.</summary>
    public override string ToString() =>
        $"{Name}+{IdText}+{Convert.ToBase64String([(byte)Type, .. _key.Bytes.Span])}";

    /// <summary>Tells whether the key signed a text; of a cosignature also when.</summary>
    /// <param name="text">The note's text, with its last newline.</param>
    /// <param name="signature">What stands in the signature's line behind the key's id.</param>
    /// <param name="time">When it was signed; only of a cosignature.</param>
    public bool Verify(string text, ReadOnlySpan<byte> signature, out DateTimeOffset? time)
    {
        time = null;
        if (Type == NoteKeyType.Ed25519) return _key.Verify(Encoding.UTF8.GetBytes(text), signature);
        if (signature.Length != sizeof(ulong) + PublicKey.SignatureLength) return false;

        ulong seconds = BinaryPrimitives.ReadUInt64BigEndian(signature);
        if (seconds > (ulong)DateTimeOffset.MaxValue.ToUnixTimeSeconds()
            || !_key.Verify(CosignedBytes(text, (long)seconds), signature[sizeof(ulong)..]))
        {
            return false;
        }

        time = DateTimeOffset.FromUnixTimeSeconds((long)seconds);
        return true;
    }

    /// <summary>What a cosigner signs: header, time and the whole text of the note.</summary>
    internal static byte[] CosignedBytes(string text, long seconds) => Encoding.UTF8.GetBytes(
        string.Create(CultureInfo.InvariantCulture, $"{CosignatureHeader}{seconds}\n{text}"));

    /// <summary>Tells whether a text can name a key.</summary>
    internal static bool IsName(string name) =>
        name.Length > 0 && !name.Contains('+', StringComparison.Ordinal)
        && !name.Any(c => char.IsWhiteSpace(c) || char.IsControl(c));

    private string IdText => Id.ToString("x8", CultureInfo.InvariantCulture);
}
