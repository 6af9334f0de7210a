using System.Text.Json;
using MicroCreds.Ledger.Credentials.Foreign;
using MicroCreds.Ledger.Papers;

namespace MicroCreds.Ledger.Gateway.Reading;

/// <summary>
/// What a file holds that somebody brings: the one rule of all pages that take files, whether a text, a PDF with a
/// credential attached, a badge, or a photo of a code.
/// </summary>
/// <param name="Documents">What is within: all of ours, or the first that is there. A text is within itself.</param>
/// <param name="Refusal">Why nothing is, as a key of the texts under <c>refusal</c>.</param>
internal sealed record BroughtFile(IReadOnlyList<byte[]> Documents, string? Refusal = null)
{
    /// <summary>How photos are called that phones take, and that are not read here.</summary>
    private static readonly string[] UnreadEndings = [".heic", ".heif", ".hif", ".avif"];

    /// <summary>
    /// Whether a file is no text but one that may carry a credential, such as a PDF or a badge: told by its beginning.
    /// </summary>
    /// <param name="file">The file.</param>
    public static bool IsCarrier(ReadOnlySpan<byte> file) => CarriedCredential.KindOf(file) != CarrierKind.Text;

    /// <summary>Looks into a file.</summary>
    /// <param name="file">The file.</param>
    /// <param name="name">What it is called; only what cannot be told otherwise is told by it. Default is nothing.
    /// </param>
    public static BroughtFile Open(byte[] file, string? name = null)
    {
        ArgumentNullException.ThrowIfNull(file);
        if (file.Length > CarriedCredential.MaxBytes) return new BroughtFile([], "tooLarge");
        var carried = CarriedCredential.Find(file);
        if (carried is { Kind: CarrierKind.Other, Fault: CarrierFault.None })
            return IsUnreadPhoto(name) ? new BroughtFile([], "unreadPicture") : new BroughtFile([file]);
        if (carried.Contents.Count == 0) return new BroughtFile([], WhyEmpty(carried));

        // A text goes on as the bytes it is: verifying is strict about them.
        if (carried.Kind == CarrierKind.Text)
            return file.Length > ReceivedVerifier.MaxBytes ? new BroughtFile([], "tooLarge") : new BroughtFile([file]);

        // Of several things inside, those of ours are meant.
        byte[][] own = [.. carried.Contents.Select(one => one.Content).Where(content => OwnMark.IsIn(content))];
        byte[][] meant = own.Length > 0 ? own : [carried.Contents[0].Content];
        return carried.Fault == CarrierFault.None || meant.Any(IsWhole)
            ? new BroughtFile(meant) : new BroughtFile([], WhyEmpty(carried));
    }

    /// <summary>Whether what a damaged file carries came out of it whole, as far as JSON shows that.</summary>
    private static bool IsWhole(byte[] content)
    {
        if (!content.AsSpan().TrimStart(" \t\r\n"u8).StartsWith("{"u8)) return true;
        try
        {
            JsonDocument.Parse(content).Dispose();
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static bool IsUnreadPhoto(string? name) => name is not null
        && UnreadEndings.Any(ending => name.EndsWith(ending, StringComparison.OrdinalIgnoreCase));

    private static string WhyEmpty(CarriedCredential carried) => carried switch
    {
        { Fault: CarrierFault.Encrypted } => "encrypted",
        { Fault: CarrierFault.Damaged } => "damaged",
        { Fault: CarrierFault.TooMuch } => "tooMuch",
        { Kind: CarrierKind.Pdf } => "emptyPdf",
        { Kind: CarrierKind.UnreadPicture } => "unreadPicture",
        _ => "emptyPicture",
    };
}
