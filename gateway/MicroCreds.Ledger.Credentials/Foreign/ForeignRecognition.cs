using System.Formats.Cbor;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using System.Xml;
using MicroCreds.Ledger.Credentials.Shapes;

namespace MicroCreds.Ledger.Credentials.Foreign;

/// <summary>
/// Names what arrives and is not of this consortium. Reads only as much as naming takes, and never fails: what cannot
/// be named is a text, or bytes.
/// </summary>
public static partial class ForeignRecognition
{
    private const int MaxXmlElements = 400;

    /// <summary>Names the most telling of several pieces.</summary>
    /// <param name="pieces">What <see cref="Unwrapping"/> gave, at least one.</param>
    public static (ForeignFinding Finding, UnwrappedPiece Piece) Recognize(IReadOnlyList<UnwrappedPiece> pieces)
    {
        ArgumentNullException.ThrowIfNull(pieces);
        // What lies in a record is told of as that record: it alone is what was brought.
        var (finding, piece) = pieces.Select(piece => piece.Record ?? piece)
            .Select(piece => (Finding: Recognize(piece.Bytes), Piece: piece))
            .MinBy(one => RankOf(one.Finding.Kind));
        bool isFromMail = piece.Wrappings.Contains(Wrapping.Mail);
        if (isFromMail && RankOf(finding.Kind) > 0) finding = new ForeignFinding { Kind = ForeignKind.Mail };
        return (finding with { Wrappings = piece.Wrappings }, piece);
    }

    /// <summary>Tells whether a piece is somebody else's credential, and not what merely lies beside one.</summary>
    public static bool IsCredential(UnwrappedPiece piece)
    {
        ArgumentNullException.ThrowIfNull(piece);
        return Recognize(piece.Bytes).Kind is
            ForeignKind.OpenBadge3 or ForeignKind.OpenBadge2 or ForeignKind.Blockcerts or ForeignKind.EuropeanCredential
            or ForeignKind.LearnerRecord or ForeignKind.VerifiableCredential or ForeignKind.SdJwtVc
            or ForeignKind.MobileDocument;
    }

    /// <summary>Names one piece.</summary>
    public static ForeignFinding Recognize(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            return RecognizeWhole(bytes);
        }
        catch (InvalidOperationException)
        {
            // A text in it is none: half of a surrogate pair, or bytes that are no letters.
            return new ForeignFinding { Kind = ForeignKind.Text };
        }
    }

    private static ForeignFinding RecognizeWhole(ReadOnlyMemory<byte> bytes)
    {
        var span = bytes.Span;
        if (OfSignature(span) is { } kind) return new ForeignFinding { Kind = kind };
        if (!TextEncoding.IsText(span)) return OfBinary(bytes);

        var text = CredentialForms.Trim(bytes);
        if (text.IsEmpty) return new ForeignFinding { Kind = ForeignKind.Text };
        if (text.Span[0] is (byte)'{' or (byte)'[' or (byte)'"') return OfJson(text);
        if (ForeignToken.Recognize(text.Span) is { } token) return token;
        if (text.Span[0] == (byte)'<') return OfXml(text);
        return new ForeignFinding { Kind = OfText(Encoding.UTF8.GetString(text.Span)) };
    }

    // What a person would look at first, of a mail or an answer with several.
    private static int RankOf(ForeignKind kind) => kind switch
    {
        ForeignKind.Text or ForeignKind.Binary or ForeignKind.WebPage or ForeignKind.Mail => 3,
        ForeignKind.Json or ForeignKind.Xml or ForeignKind.Picture or ForeignKind.Link or ForeignKind.Uuid
            or ForeignKind.CertificateNumber or ForeignKind.Did or ForeignKind.Archive or ForeignKind.Cbor => 2,
        ForeignKind.Pdf or ForeignKind.Token => 1,
        _ => 0,
    };

    private static ForeignKind? OfSignature(ReadOnlySpan<byte> bytes)
    {
        if (bytes.StartsWith("%PDF-"u8)) return ForeignKind.Pdf;
        if (bytes.StartsWith((ReadOnlySpan<byte>)[0x89, 0x50, 0x4e, 0x47])
            || bytes.StartsWith((ReadOnlySpan<byte>)[0xff, 0xd8, 0xff]) || bytes.StartsWith("GIF8"u8)
            || (bytes.StartsWith("RIFF"u8) && bytes.Length > 12 && bytes[8..].StartsWith("WEBP"u8))
            || IsHeif(bytes))
            return ForeignKind.Picture;
        return bytes.StartsWith("PK\u0003\u0004"u8) ? ForeignKind.Archive : null;
    }

    /// <summary>The photos that phones take, by the brands that pictures of that family begin with.</summary>
    private static bool IsHeif(ReadOnlySpan<byte> bytes) =>
        bytes.Length > 12 && bytes[4..].StartsWith("ftyp"u8)
        && (bytes[8..].StartsWith("he"u8) || bytes[8..].StartsWith("mif"u8) || bytes[8..].StartsWith("avif"u8));

    private static ForeignFinding OfJson(ReadOnlyMemory<byte> text)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            var root = document.RootElement;
            return root.ValueKind == JsonValueKind.String && root.GetString() is { } within
                ? new ForeignFinding { Kind = OfText(within.Trim()) }
                : ForeignJson.Recognize(root);
        }
        catch (JsonException)
        {
            return new ForeignFinding { Kind = ForeignKind.Text };
        }
    }

    private static ForeignFinding OfBinary(ReadOnlyMemory<byte> bytes)
    {
        if (!IsCbor(bytes)) return new ForeignFinding { Kind = ForeignKind.Binary };
        var span = bytes.Span;
        bool isMobile = span.IndexOf("issuerSigned"u8) >= 0 || span.IndexOf("nameSpaces"u8) >= 0
            || span.IndexOf("docType"u8) >= 0 || span.IndexOf("issuerAuth"u8) >= 0;
        return new ForeignFinding { Kind = isMobile ? ForeignKind.MobileDocument : ForeignKind.Cbor };
    }

    private static bool IsCbor(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            var reader = new CborReader(bytes, CborConformanceMode.Lax);
            var first = reader.PeekState();
            if (first is not (CborReaderState.StartMap or CborReaderState.StartArray or CborReaderState.Tag))
                return false;
            reader.SkipValue();
            return reader.BytesRemaining == 0;
        }
        catch (Exception e) when (e is CborContentException or InvalidOperationException)
        {
            return false;
        }
    }

    private static ForeignFinding OfXml(ReadOnlyMemory<byte> text)
    {
        var settings = new XmlReaderSettings
        {
            DtdProcessing = DtdProcessing.Ignore,
            XmlResolver = null,
            MaxCharactersFromEntities = 1,
        };
        ForeignFinding? found = null;
        try
        {
            using var stream = new MemoryStream(text.ToArray());
            using var reader = XmlReader.Create(stream, settings);
            for (int elements = 0; elements < MaxXmlElements && reader.Read();)
            {
                if (reader.NodeType != XmlNodeType.Element) continue;
                elements++;
                found = found is null ? new ForeignFinding { Kind = OfRoot(reader) } : Completed(found, reader);
            }
        }
        catch (XmlException)
        {
            // Web pages are seldom whole XML; what stands at the beginning tells.
            return found is { Kind: ForeignKind.Transcript } ? WithResults(found, text) : found ?? new ForeignFinding
            {
                Kind = WebPage().IsMatch(Encoding.UTF8.GetString(text.Span)) ? ForeignKind.WebPage : ForeignKind.Text,
            };
        }

        return found is { Kind: ForeignKind.Transcript } ? WithResults(found, text)
            : found ?? new ForeignFinding { Kind = ForeignKind.Xml };
    }

    private static ForeignFinding WithResults(ForeignFinding transcript, ReadOnlyMemory<byte> text)
    {
        try
        {
            var file = ElmoReader.Read(text);
            return transcript with
            {
                Results = file.Results,
                Fault = file.HasMore ? $"Only its first {ElmoReader.MaxResults} results are shown." : null,
            };
        }
        catch (FormatException fault)
        {
            return transcript with { Fault = $"Its results are not read. {fault.Message}" };
        }
    }

    private static ForeignKind OfRoot(XmlReader reader) => reader.LocalName.ToLowerInvariant() switch
    {
        "elmo" => ForeignKind.Transcript,
        "html" => ForeignKind.WebPage,
        "svg" => ForeignKind.Picture,
        _ when reader.NamespaceURI.Contains("data.europa.eu/", StringComparison.Ordinal)
            || reader.LocalName.Contains("uropass", StringComparison.Ordinal) => ForeignKind.EuropeanCredential,
        _ => ForeignKind.Xml,
    };

    /// <summary>Takes the first issuer's and title's text out of what follows the root.</summary>
    private static ForeignFinding Completed(ForeignFinding found, XmlReader reader) =>
        (found.Kind, reader.LocalName) switch
        {
            // A transcript has no title of its own; the first one is its university's.
            (ForeignKind.Transcript, "title") when found.ClaimedIssuer is null =>
                found with { ClaimedIssuer = TextOf(reader) },
            (ForeignKind.EuropeanCredential, "title") when found.ClaimedTitle is null =>
                found with { ClaimedTitle = TextOf(reader) },
            (ForeignKind.EuropeanCredential, "legalName" or "prefLabel" or "preferredName")
                when found.ClaimedIssuer is null => found with { ClaimedIssuer = TextOf(reader) },
            _ => found,
        };

    private static string? TextOf(XmlReader reader)
    {
        using var inner = reader.ReadSubtree();
        while (inner.Read())
        {
            if (inner.NodeType == XmlNodeType.Text && ClaimedText.Of(inner.Value) is { } text) return text;
        }

        return null;
    }

    private static ForeignKind OfText(string text)
    {
        if (Covid().IsMatch(text)) return ForeignKind.CovidCertificate;
        if (Uuid().IsMatch(text)) return ForeignKind.Uuid;
        if (Did().IsMatch(text)) return ForeignKind.Did;
        if (Link().IsMatch(text)) return ForeignKind.Link;
        return Number().IsMatch(text) && text.Any(char.IsAsciiDigit) ? ForeignKind.CertificateNumber : ForeignKind.Text;
    }

    [GeneratedRegex(@"\AHC[0-9]:[0-9A-Z $%*+\-./:]{10,}\z", RegexOptions.CultureInvariant)]
    private static partial Regex Covid();

    [GeneratedRegex(
        @"\A(?:urn:uuid:)?\{?[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\}?\z",
        RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex Uuid();

    [GeneratedRegex(@"\Adid:[a-z0-9]{1,20}:\S{1,2000}\z", RegexOptions.CultureInvariant)]
    private static partial Regex Did();

    [GeneratedRegex(@"\Ahttps?://\S{1,2000}\z", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex Link();

    // Some words and a number: "Certificate no. 0815", "Zeugnis-Nr.: AB/2026-17", "0815".
    [GeneratedRegex(
        @"\A(?:[\p{L}][\p{L} .\-]{1,40}[:#№ ]{1,3})?[#№]?[A-Z]{0,6}[/\-]?[0-9][A-Za-z0-9/._\-]{0,40}\z",
        RegexOptions.CultureInvariant)]
    private static partial Regex Number();

    [GeneratedRegex(@"<(?:!doctype\s+html|html|body|head)\b", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex WebPage();
}
