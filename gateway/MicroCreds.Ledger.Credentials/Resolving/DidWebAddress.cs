using System.Text.RegularExpressions;
using MicroCreds.Ledger.Credentials.Fetching;

namespace MicroCreds.Ledger.Credentials.Resolving;

/// <summary>Where the document of a <c>did:web</c> lies.</summary>
internal static partial class DidWebAddress
{
    private const int MaxLength = 500;

    /// <summary>Gives the address.</summary>
    /// <exception cref="DidResolutionException">It is no did:web, or one that must not be followed.</exception>
    public static Uri Of(string did)
    {
        ArgumentNullException.ThrowIfNull(did);
        if (did.Length > MaxLength || Form().Match(did) is not { Success: true } match)
        {
            throw new DidResolutionException(
                "Only did:web with a domain's name, without a port, and with plain path segments is followed.");
        }

        string host = match.Groups["host"].Value;
        if (!PublicAddresses.MayBeNamed(host))
            throw new DidResolutionException($"{host} is not a public domain's name: nothing is fetched from there.");

        string path = match.Groups["path"].Value.Replace(':', '/');
        return new Uri($"https://{host}{(path.Length == 0 ? "/.well-known" : path)}/did.json");
    }

    // Segments begin with a letter or digit, so that none is a step upwards.
    [GeneratedRegex(
        @"\Adid:web:(?<host>(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)"
        + @"(?<path>(?::[A-Za-z0-9][A-Za-z0-9._~-]*)*)\z",
        RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Form();
}
