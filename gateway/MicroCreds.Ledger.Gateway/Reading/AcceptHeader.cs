using Microsoft.Net.Http.Headers;

namespace MicroCreds.Ledger.Gateway.Reading;

/// <summary>Chooses what to answer with by the header Accept (RFC 9110, 12.5.1).</summary>
public static class AcceptHeader
{
    /// <summary>Chooses the media type that the client likes best.</summary>
    /// <param name="request">The request.</param>
    /// <param name="offered">What there is; the first is for clients that do not say.</param>
    /// <returns>
    /// One of those offered, with the range that it was chosen by, if there is one; nothing if the client takes none.
    /// </returns>
    public static (string MediaType, MediaTypeHeaderValue? Range)? Choose(
        HttpRequest request, params ReadOnlySpan<string> offered)
    {
        var accept = request.Headers.Accept;
        if (accept.All(string.IsNullOrWhiteSpace)) return (offered[0], null);
        if (!MediaTypeHeaderValue.TryParseList(accept, out var ranges)) return null;

        (string MediaType, MediaTypeHeaderValue? Range)? best = null;
        var bestRank = (Quality: 0.0, Precision: -1);
        foreach (string mediaType in offered)
        {
            if (MostPrecise(ranges, mediaType) is not { } range) continue;
            var rank = (range.Quality ?? 1, Precision(range));

            // Of equals the first one offered: the client does not mind.
            if (rank.Item1 <= 0 || rank.CompareTo(bestRank) <= 0) continue;
            (best, bestRank) = ((mediaType, range), rank);
        }

        return best;
    }

    // The most precise range decides, so that a client can take all but one.
    private static MediaTypeHeaderValue? MostPrecise(IList<MediaTypeHeaderValue> ranges, string mediaType)
    {
        int slash = mediaType.IndexOf('/', StringComparison.Ordinal);
        MediaTypeHeaderValue? found = null;
        foreach (var range in ranges)
        {
            bool matches = range.MatchesAllTypes
                || (range.Type.Equals(mediaType[..slash], StringComparison.OrdinalIgnoreCase)
                    && (range.SubType == "*"
                        || range.SubType.Equals(mediaType[(slash + 1)..], StringComparison.OrdinalIgnoreCase)));
            if (matches && (found is null || Precision(range) > Precision(found))) found = range;
        }

        return found;
    }

    private static int Precision(MediaTypeHeaderValue range) =>
        range.MatchesAllTypes ? 0 : range.SubType == "*" ? 1 : 2;
}
