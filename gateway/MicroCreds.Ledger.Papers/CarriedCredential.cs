using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using MicroCreds.Ledger.Papers.Pictures;
using MicroCreds.Ledger.Papers.Reading;

namespace MicroCreds.Ledger.Papers;

/// <summary>What kind of file somebody brought.</summary>
public enum CarrierKind
{
    /// <summary>None of the others.</summary>
    Other,

    /// <summary>Text in UTF-8 or UTF-16: JSON, a token, an address, whatever.</summary>
    Text,

    /// <summary>A PDF.</summary>
    Pdf,

    /// <summary>A PNG: a badge, or a picture.</summary>
    Png,

    /// <summary>An SVG.</summary>
    Svg,

    /// <summary>A JPEG or WebP.</summary>
    Picture,

    /// <summary>A HEIC or AVIF picture, as some phones take it, which is not read: a JPEG of it would be.</summary>
    UnreadPicture,
}

/// <summary>Where in a file something was.</summary>
public enum CarriedPlace
{
    /// <summary>The file itself, a text.</summary>
    Text,

    /// <summary>Attached to a PDF.</summary>
    Attachment,

    /// <summary>Baked into a picture as Open Badges 3.0 says.</summary>
    Baked,

    /// <summary>Baked into a picture as Open Badges 2 or earlier say: never one of this consortium's.</summary>
    BakedOlder,

    /// <summary>A QR code on a picture or on a PDF's page; of PDFs only where nothing is attached.</summary>
    Code,
}

/// <summary>What keeps a file from being read wholly.</summary>
public enum CarrierFault
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>It is encrypted.</summary>
    Encrypted,

    /// <summary>It is damaged: what could be read is there.</summary>
    Damaged,

    /// <summary>
    /// It has more in it, or a picture is larger, than is looked at: what was found until then is there.
    /// </summary>
    TooMuch,
}

/// <summary>Something that a file carries, and that may be a credential.</summary>
/// <param name="Place">Where it was.</param>
/// <param name="Name">An attachment's name; else null.</param>
/// <param name="Content">Its bytes: those of an attachment, or UTF-8 without a byte order mark.</param>
public sealed record CarriedContent(CarriedPlace Place, string? Name, byte[] Content);

/// <summary>
/// What a file carries that somebody has of a credential: a text, a PDF with files attached, a badge, a photo of a
/// code. Whether what it carries is a credential, and whether that is genuine, is for others to say.
/// </summary>
/// <param name="Kind">What kind of file it is, by its content; names and media types are never asked.</param>
/// <param name="Contents">What is in it; of a text the text.</param>
/// <param name="Fault">What keeps it from being read wholly.</param>
public sealed record CarriedCredential(
    CarrierKind Kind, IReadOnlyList<CarriedContent> Contents, CarrierFault Fault)
{
    /// <summary>The most bytes of a file.</summary>
    public const int MaxBytes = 32 * 1024 * 1024;

    private static readonly TimeSpan PatienceWithPages = TimeSpan.FromSeconds(6);

    /// <summary>
    /// Looks into a file that anybody may have made. Bounded: at most 64 MiB are unpacked, a picture of at most 50
    /// megapixels is looked at for about three seconds, a PDF for about fifteen. Can be called from several threads;
    /// pictures are then decoded two at a time.
    /// </summary>
    /// <exception cref="PaperException">The file has more than <see cref="MaxBytes"/>; nothing else is thrown.
    /// </exception>
    public static CarriedCredential Find(byte[] file)
    {
        ArgumentNullException.ThrowIfNull(file);
        if (file.Length > MaxBytes) throw new PaperException($"A file has at most {MaxBytes} bytes.");
        switch (KindOf(file))
        {
            case CarrierKind.Png:
                return OfPng(file);
            case CarrierKind.Picture:
                return OfPicture(CarrierKind.Picture, file, [], isDamaged: false);
            case CarrierKind.UnreadPicture:
                return new(CarrierKind.UnreadPicture, [], CarrierFault.None);
            case CarrierKind.Pdf:
                return OfPdf(file);
            case CarrierKind.Svg:
                return OfSvg(file);
            default:
                return TextFile.Read(file) is { } text
                    ? new(
                        CarrierKind.Text, [new CarriedContent(CarriedPlace.Text, null, Encoding.UTF8.GetBytes(text))],
                        CarrierFault.None)
                    : new(CarrierKind.Other, [], CarrierFault.None);
        }
    }

    /// <summary>
    /// What kind of file it is, by its beginning alone: <see cref="CarrierKind.Text"/> and
    /// <see cref="CarrierKind.Other"/> are not told apart, and are <see cref="CarrierKind.Text"/>.
    /// </summary>
    /// <param name="file">The file; only its beginning is looked at.</param>
    public static CarrierKind KindOf(ReadOnlySpan<byte> file)
    {
        if (PictureFile.IsPng(file)) return CarrierKind.Png;
        if (PictureFile.IsJpeg(file) || PictureFile.IsWebP(file)) return CarrierKind.Picture;
        if (IsHeif(file)) return CarrierKind.UnreadPicture;

        // A PDF may have anything in its first kilobyte before it begins; a credential may speak of one.
        if (!TextFile.IsJsonOrToken(file) && file[..Math.Min(file.Length, 1024)].IndexOf("%PDF-"u8) >= 0)
            return CarrierKind.Pdf;
        return TextFile.IsSvg(file) ? CarrierKind.Svg : CarrierKind.Text;
    }

    private static CarriedCredential OfPng(byte[] file)
    {
        var (baked, isDamaged) = Baked(
            file.Length > BakedPng.MaxBytes ? null : () => (BakedPng.UnbakeAll(file), BakedPng.UnbakeOlder(file)));
        return baked.Count > 0
            ? new(CarrierKind.Png, baked, CarrierFault.None)
            : OfPicture(CarrierKind.Png, file, baked, isDamaged);
    }

    private static CarriedCredential OfSvg(byte[] file)
    {
        if (file.Length > BakedSvg.MaxBytes) return new(CarrierKind.Svg, [], CarrierFault.TooMuch);
        var (baked, isDamaged) = Baked(() => (BakedSvg.UnbakeAll(file), BakedSvg.UnbakeOlder(file)));
        return new(CarrierKind.Svg, baked, isDamaged ? CarrierFault.Damaged : CarrierFault.None);
    }

    private static (List<CarriedContent> Contents, bool IsDamaged) Baked(
        Func<(IReadOnlyList<string> Now, string? Older)>? unbake)
    {
        var contents = new List<CarriedContent>();
        if (unbake is null) return (contents, false);
        try
        {
            var (now, older) = unbake();
            contents.AddRange(now.Distinct()
                .Select(one => new CarriedContent(CarriedPlace.Baked, null, Encoding.UTF8.GetBytes(one))));
            if (older is not null) contents.Add(new(CarriedPlace.BakedOlder, null, Encoding.UTF8.GetBytes(older)));
            return (contents, false);
        }
        catch (PaperException)
        {
            return (contents, true);
        }
    }

    private static CarriedCredential OfPicture(
        CarrierKind kind, byte[] file, IReadOnlyList<CarriedContent> already, bool isDamaged)
    {
        var codes = CodesOnPicture.Read(file, out var fault);
        if (fault == CarrierFault.None && isDamaged) fault = CarrierFault.Damaged;
        return new(kind, [.. already, .. codes.Select(Code)], codes.Count > 0 ? CarrierFault.None : fault);
    }

    private static CarriedCredential OfPdf(byte[] file)
    {
        var pdf = PdfReader.Read(file);
        List<CarriedContent> contents =
            [.. pdf.Attachments.Select(one => new CarriedContent(CarriedPlace.Attachment, one.Name, one.Content))];

        // A paper that was scanned, or printed into a PDF, has no attachments, but its pages show codes.
        long begin = Stopwatch.GetTimestamp();
        foreach (var picture in pdf.Pictures)
        {
            if (Stopwatch.GetElapsedTime(begin) > PatienceWithPages) break;
            contents.AddRange(CodesOnPicture.Read(picture).Select(Code));
        }

        return new(
            CarrierKind.Pdf, [.. contents.DistinctBy(one => Convert.ToHexString(SHA256.HashData(one.Content)))],
            pdf.Fault);
    }

    private static CarriedContent Code(string text) => new(CarriedPlace.Code, null, Encoding.UTF8.GetBytes(text));

    private static bool IsHeif(ReadOnlySpan<byte> file) =>
        file.Length > 12 && file[4..].StartsWith("ftyp"u8) && Encoding.Latin1.GetString(file[8..12]) is
            "heic" or "heix" or "hevc" or "mif1" or "msf1" or "heim" or "heis" or "avif";
}
