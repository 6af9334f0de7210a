using System.Text;
using System.Text.Json;
using MicroCreds.Ledger.Credentials.Compact;
using MicroCreds.Ledger.Credentials.Shapes;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Credentials.Foreign;

/// <summary>
/// Takes credentials out of what merely wraps them on their way: marks and other letters, other programs' answers,
/// presentations, records that are made to hold them (CLR, ELMO, Europass), mails and what mail programs do to texts,
/// data: addresses, PDFs and badges. Nothing is fetched, and nothing that another credential speaks of is taken for
/// one. Bounded in depth, number and size.
/// </summary>
public static class Unwrapping
{
    /// <summary>How many wrappings may lie around each other.</summary>
    private const int MaxDepth = 6;

    /// <summary>The most pieces that are looked at.</summary>
    internal const int MaxPieces = 64;

    /// <summary>The most PDFs and pictures that are looked into: each may take seconds.</summary>
    private const int MaxFiles = 4;

    /// <summary>The most bytes that are opened.</summary>
    private const int MaxBytes = 4 * 1024 * 1024;

    /// <summary>Gives what lies within: the same bytes, if nothing wraps them.</summary>
    /// <param name="received">What was received.</param>
    /// <returns>The pieces that nothing wraps any more, each once, in their order; at least one.</returns>
    public static IReadOnlyList<UnwrappedPiece> Open(ReadOnlyMemory<byte> received) => Open(received, out _);

    /// <summary>Likewise, and tells whether all was looked at: what was not could be against the rest.</summary>
    /// <param name="received">What was received.</param>
    /// <param name="isWhole">Whether nothing was left out for its number, depth or size.</param>
    /// <param name="files">What looks into PDFs and pictures. Default is nothing.</param>
    public static IReadOnlyList<UnwrappedPiece> Open(
        ReadOnlyMemory<byte> received, out bool isWhole, IFileOpener? files = null)
    {
        int filesLeft = MaxFiles;
        var found = new List<UnwrappedPiece>();
        var waiting = new Queue<UnwrappedPiece>([new UnwrappedPiece(received, [])]);
        int pieces = 1;
        long bytes = 0;
        isWhole = true;
        while (waiting.TryDequeue(out var piece))
        {
            bytes += piece.Bytes.Length;
            var inside = bytes <= MaxBytes ? OpenOnce(piece) : [];
            if (inside.Count == 0 && bytes <= MaxBytes && files is not null && files.IsFile(piece.Bytes.Span))
            {
                if (filesLeft-- <= 0) isWhole = false;
                else inside = [.. files.Open(piece.Bytes).Select(one => piece.Within(Wrapping.File, one))];
            }

            bool isTooDeep = inside.Count > 0 && piece.Wrappings.Count >= MaxDepth;
            if (isTooDeep || (bytes > MaxBytes && !piece.IsOwn)) isWhole = false;
            if (inside.Count == 0 || isTooDeep)
            {
                if (!found.Exists(one => one.Bytes.Span.SequenceEqual(piece.Bytes.Span))) found.Add(piece);
                continue;
            }

            foreach (var one in inside)
            {
                if (pieces < MaxPieces) waiting.Enqueue(one);
                else isWhole = false;
                pieces++;
            }
        }

        return found.Count > 0 ? found : [new UnwrappedPiece(received, [])];
    }

    private static IReadOnlyList<UnwrappedPiece> OpenOnce(UnwrappedPiece piece)
    {
        try
        {
            return OpenWhole(piece);
        }
        catch (InvalidOperationException)
        {
            // A text in it is none: half of a surrogate pair, or bytes that are no letters.
            return [];
        }
    }

    private static IReadOnlyList<UnwrappedPiece> OpenWhole(UnwrappedPiece piece)
    {
        if (TextEncoding.ToUtf8(piece.Bytes) is { } utf8) return [piece.Within(Wrapping.Encoding, utf8)];

        var text = CredentialForms.Trim(piece.Bytes);
        if (text.IsEmpty || CompactText.Is(text.Span)) return [];
        if (text.Span[0] is (byte)'{' or (byte)'[' or (byte)'"') return OpenJson(piece, text);
        if (text.Span.StartsWith("ey"u8)) return OpenToken(piece, text);
        if (!TextEncoding.IsText(text.Span)) return [];
        return OpenText(piece, Encoding.UTF8.GetString(text.Span));
    }

    private static IReadOnlyList<UnwrappedPiece> OpenJson(UnwrappedPiece piece, ReadOnlyMemory<byte> text)
    {
        if (ParseStrictly(text) is { } document)
        {
            using (document)
            {
                return
                [
                    .. JsonEnvelope.Open(document.RootElement).Select(one => piece.Within(one.Wrapping, one.Bytes)),
                ];
            }
        }

        // What one reader takes for this and another for that, as by a name that stands there twice, is not opened.
        return BrokenLines.IsJson(text) ? [] : MendJson(piece, Encoding.UTF8.GetString(text.Span));
    }

    private static JsonDocument? ParseStrictly(ReadOnlyMemory<byte> text)
    {
        try
        {
            return StrictJson.Parse(text);
        }
        catch (StrictJsonException)
        {
            return null;
        }
    }

    /// <summary>Mends JSON that is none any more: by what stands behind it, or what mail programs did to it.</summary>
    private static IReadOnlyList<UnwrappedPiece> MendJson(UnwrappedPiece piece, string text)
    {
        if (SurroundedJson.Find(text, out _) is [var first, ..] && text[first].Length < text.Length)
            return [.. SurroundedText.Find(text, shortest: 2).Select(one => piece.Within(Wrapping.Words, one))];
        if (QuotedPrintable.Decode(text) is { } decoded) return [piece.Within(Wrapping.QuotedPrintable, decoded)];
        if (BrokenLines.Mend(text) is { } mended) return [piece.Within(Wrapping.LineBreaks, mended)];

        // Braces around it may be somebody's parentheses.
        return [.. SurroundedText.Find(text[1..], shortest: 2).Select(one => piece.Within(Wrapping.Words, one))];
    }

    private static IReadOnlyList<UnwrappedPiece> OpenToken(UnwrappedPiece piece, ReadOnlyMemory<byte> text)
    {
        if (QuotedPrintable.Decode(Encoding.UTF8.GetString(text.Span)) is { } decoded)
            return [piece.Within(Wrapping.QuotedPrintable, decoded)];
        if (text.Span.IndexOfAny(" \t\r\n"u8) >= 0)
        {
            string token = string.Concat(Encoding.UTF8.GetString(text.Span).Where(c => !char.IsWhiteSpace(c)));
            return [piece.Within(Wrapping.LineBreaks, Encoding.UTF8.GetBytes(token))];
        }

        if (OwnMark.PayloadOf(text.Span) is { } payload)
        {
            using var document = ParseStrictly(payload);
            return document is null
                ? []
                : [.. JsonEnvelope.OpenToken(document.RootElement)
                    .Select(one => piece.Within(one.Wrapping, one.Bytes))];
        }

        return Base64Text.Decode(Encoding.UTF8.GetString(text.Span)) is { } within
            ? [piece.Within(Wrapping.Base64, within)] : [];
    }

    private static IReadOnlyList<UnwrappedPiece> OpenElmo(UnwrappedPiece piece)
    {
        if (!ElmoReader.Is(piece.Bytes)) return [];
        try
        {
            return [.. ElmoReader.Read(piece.Bytes).Attachments
                .Select(one => piece.Within(Wrapping.Record, Encoding.UTF8.GetBytes(one)))];
        }
        catch (FormatException)
        {
            // Why it is not read is part of what is said of it as a whole.
            return [];
        }
    }

    private static IReadOnlyList<UnwrappedPiece> OpenText(UnwrappedPiece piece, string text)
    {
        if (DataAddress.Decode(text) is { } data) return [piece.Within(Wrapping.DataAddress, data)];
        if (MailMessage.Open(text) is { Count: > 0 } parts)
            return [.. parts.Select(part => piece.Within(Wrapping.Mail, part))];
        if (text.StartsWith('<')) return OpenElmo(piece);
        if (Base64Text.Decode(text) is { } decoded) return [piece.Within(Wrapping.Base64, decoded)];
        if (QuotedPrintable.Decode(text) is { } printed) return [piece.Within(Wrapping.QuotedPrintable, printed)];
        return [.. SurroundedText.Find(text).Select(one => piece.Within(Wrapping.Words, one))];
    }
}

/// <summary>What lies within wrappings.</summary>
/// <param name="Bytes">The bytes. Personal: never log them.</param>
/// <param name="Wrappings">What they were taken out of, the outermost first.</param>
public sealed record UnwrappedPiece(ReadOnlyMemory<byte> Bytes, IReadOnlyList<Wrapping> Wrappings)
{
    /// <summary>Whether it claims to be a credential of a ledger such as ours, with a proof or without.</summary>
    public bool IsOwn => OwnMark.IsIn(Bytes.Span)
        || (ProvenCredential.Find(Bytes) is { } proven && OwnMark.IsIn(proven.Credential.Span));

    /// <summary>The innermost presentation that it was taken out of; absent if it was in none.</summary>
    internal ReadOnlyMemory<byte>? Presentation { get; private init; }

    /// <summary>The outermost record that it was taken out of; absent if it was in none.</summary>
    internal UnwrappedPiece? Record { get; private init; }

    internal UnwrappedPiece Within(Wrapping wrapping, ReadOnlyMemory<byte> bytes) =>
        new(bytes, [.. Wrappings, wrapping])
        {
            Presentation = wrapping == Wrapping.Presentation ? Bytes : Presentation,
            Record = Record ?? (wrapping == Wrapping.Record ? this : null),
        };
}
