using System.Globalization;

namespace MicroCreds.Ledger.Credentials;

/// <summary>Times as credentials write them.</summary>
internal static class CredentialTime
{
    private static readonly string[] Forms =
    [
        "yyyy-MM-ddTHH:mm:ssK", "yyyy-MM-ddTHH:mm:ss.fK", "yyyy-MM-ddTHH:mm:ss.ffK", "yyyy-MM-ddTHH:mm:ss.fffK",
        "yyyy-MM-ddTHH:mm:ss.ffffK", "yyyy-MM-ddTHH:mm:ss.fffffK", "yyyy-MM-ddTHH:mm:ss.ffffffK",
        "yyyy-MM-ddTHH:mm:ss.fffffffK",
    ];

    /// <summary>Writes a time in UTC, in whole seconds.</summary>
    public static string Write(DateTimeOffset time) =>
        time.ToUniversalTime().ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);

    /// <summary>Reads a time with a zone; one without could mean a day more or less, and is refused.</summary>
    public static bool TryRead(string? text, out DateTimeOffset time)
    {
        time = default;
        return text is { Length: >= 20 and <= 40 }
            && (text.EndsWith('Z') || text[^6] is '+' or '-')
            && DateTimeOffset.TryParseExact(
                text, Forms, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal, out time);
    }
}
