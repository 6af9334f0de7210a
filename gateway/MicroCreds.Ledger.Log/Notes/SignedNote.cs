using System.Text;

namespace MicroCreds.Ledger.Log.Notes;

/// <summary>
/// A text with signatures below it, as C2SP's signed-note has it. What the text says counts only after
/// <c>TryOpen</c>. Immutable.
/// </summary>
public sealed class SignedNote
{
    /// <summary>
    /// The largest note that is read, in bytes: a signature of ML-DSA-44 has 3.3 KB, and each of a large consortium's
    /// members may add one.
    /// </summary>
    public const int MaxBytes = 1024 * 1024;

    /// <summary>The most signatures of a note; the specification asks for at least 16.</summary>
    public const int MaxSignatures = 512;

    private static readonly UTF8Encoding Strict =
        new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <param name="text">The text, with a newline at its end.</param>
    /// <param name="signatures">The signatures.</param>
    /// <exception cref="FormatException">There is no such text.</exception>
    public SignedNote(string text, IReadOnlyList<NoteSignature> signatures)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (!text.EndsWith('\n') || text.Any(c => c < ' ' && c != '\n'))
        {
            throw new FormatException(
                "A note's text ends in a newline and holds no other control characters; this one does not.");
        }

        (Text, Signatures) = (text, signatures);
    }

    /// <summary>The text, with the newline at its end.</summary>
    public string Text { get; }

    /// <summary>The signatures, verified or not.</summary>
    public IReadOnlyList<NoteSignature> Signatures { get; }

    /// <summary>Reads a note.</summary>
    /// <exception cref="FormatException">It is none; the message says why.</exception>
    public static SignedNote Parse(ReadOnlySpan<byte> utf8)
    {
        if (utf8.Length > MaxBytes)
            throw new FormatException($"The note has {utf8.Length} bytes; at most {MaxBytes} are read.");
        string all;
        try
        {
            all = Strict.GetString(utf8);
        }
        catch (DecoderFallbackException e)
        {
            throw new FormatException("The note is not UTF-8.", e);
        }

        // The text may hold empty lines; the last one ends it.
        int end = all.LastIndexOf("\n\n", StringComparison.Ordinal);
        if (end < 0 || end + 2 == all.Length || !all.EndsWith('\n'))
        {
            throw new FormatException(
                "The note has no signatures: behind its text stand an empty line and a line for each, the last one "
                + "with its newline.");
        }

        string[] lines = all[(end + 2)..^1].Split('\n');
        return lines.Length <= MaxSignatures
            ? new SignedNote(all[..(end + 1)], [.. lines.Select(NoteSignature.Parse)])
            : throw new FormatException($"The note has {lines.Length} signatures; at most {MaxSignatures} are read.");
    }

    /// <summary>Returns the note with one more signature.</summary>
    public SignedNote With(NoteSignature signature) => new(Text, [.. Signatures, signature]);

    /// <summary>Returns the note with further signatures, each in the place of an earlier one of its key.</summary>
    public SignedNote With(IEnumerable<NoteSignature> signatures)
    {
        NoteSignature[] newer = [.. signatures];
        bool IsReplaced(NoteSignature old) =>
            Array.Exists(newer, one => one.KeyId == old.KeyId && one.Name == old.Name);
        return new SignedNote(Text, [.. Signatures.Where(old => !IsReplaced(old)), .. newer]);
    }

    /// <summary>
    /// Verifies the signatures of known keys; those of others are passed over. A note fails as a whole if a known
    /// key's signature does not verify, and if no known key signed it.
    /// </summary>
    /// <param name="known">The keys that are trusted.</param>
    /// <param name="opened">Who signed, each key once; none if it fails.</param>
    /// <param name="fault">Why it fails.</param>
    public bool TryOpen(
        IReadOnlyList<NoteKey> known, out IReadOnlyList<OpenedSignature> opened, out string? fault) =>
        TryOpen(known, memory: null, out opened, out fault);

    /// <summary>Likewise, and verifies no signature that was good before.</summary>
    /// <param name="known">The keys that are trusted.</param>
    /// <param name="memory">What was good before.</param>
    /// <param name="opened">Who signed, each key once; none if it fails.</param>
    /// <param name="fault">Why it fails.</param>
    public bool TryOpen(
        IReadOnlyList<NoteKey> known, NoteMemory? memory, out IReadOnlyList<OpenedSignature> opened,
        out string? fault)
    {
        ArgumentNullException.ThrowIfNull(known);
        var found = new List<OpenedSignature>();
        opened = [];
        foreach (var signature in Signatures)
        {
            var keys = known.Where(one => one.Id == signature.KeyId && one.Name == signature.Name).ToList();
            if (keys.Count == 0 || found.Exists(one => one.Key == keys[0])) continue;
            if (keys.Count > 1)
            {
                fault = $"Two of the trusted keys have the name and id of {keys[0].Name}: trust one of them.";
                return false;
            }

            if (!keys[0].Verify(Text, signature.Bytes.Span, memory?.Signatures, out var time))
            {
                fault = $"The signature of {signature.Name} does not verify: the note was changed, or is another's.";
                return false;
            }

            found.Add(new OpenedSignature(keys[0], time, signature));
        }

        fault = found.Count == 0 ? "No key that is trusted here signed the note." : null;
        opened = found;
        return found.Count > 0;
    }

    /// <summary>Tells when a key cosigned the note last; none if it did not, or signs without a time.</summary>
    public DateTimeOffset? SignedAt(NoteKey key)
    {
        ArgumentNullException.ThrowIfNull(key);
        DateTimeOffset? last = null;
        foreach (var signature in Signatures.Where(one => one.KeyId == key.Id && one.Name == key.Name))
        {
            if (key.Verify(Text, signature.Bytes.Span, out var time) && !(time <= last)) last = time;
        }

        return last;
    }

    /// <summary>Writes the note.</summary>
    public byte[] ToBytes() => Strict.GetBytes(ToString());

    /// <inheritdoc cref="ToBytes"/>
    public override string ToString() => $"{Text}\n{string.Concat(Signatures)}";
}

/// <summary>A signature that a trusted key made.</summary>
/// <param name="Key">The key.</param>
/// <param name="Time">When; only of a cosignature.</param>
/// <param name="Signature">The signature.</param>
public sealed record OpenedSignature(NoteKey Key, DateTimeOffset? Time, NoteSignature Signature);
