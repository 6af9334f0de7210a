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
        if (carried.Kind == CarrierKind.Text) return new BroughtFile([file]);

        // Of several things inside, those of ours are meant.
        byte[][] own = [.. carried.Contents.Select(one => one.Content).Where(content => OwnMark.IsIn(content))];
        return new BroughtFile(own.Length > 0 ? own : [carried.Contents[0].Content]);
    }

    private static bool IsUnreadPhoto(string? name) => name is not null
        && UnreadEndings.Any(ending => name.EndsWith(ending, StringComparison.OrdinalIgnoreCase));

    private static string WhyEmpty(CarriedCredential carried) => carried switch
    {
        { Fault: CarrierFault.Encrypted } => "encrypted",
        { Fault: CarrierFault.Damaged } => "damaged",
        { Kind: CarrierKind.Pdf } => "emptyPdf",
        { Kind: CarrierKind.UnreadPicture } => "unreadPicture",
        _ => "emptyPicture",
    };
}
