using System.Text.Json.Serialization;
using MicroCreds.Ledger.Credentials.Foreign;

namespace MicroCreds.Ledger.Credentials.Verifying;

/// <summary>What a verifier asked a wallet for, so that no proof made for another party, or before, will do.</summary>
/// <param name="Audience">The verifier, by the name that it gave the wallet.</param>
/// <param name="Nonce">What the wallet was to repeat, new for every presentation.</param>
public sealed record PresentationRequest(string Audience, string Nonce)
{
    /// <summary>
    /// When the presentation came, if that was before it is verified: by that moment the wallet's proof is judged, and
    /// all else by the present one. Default is the present one.
    /// </summary>
    public DateTimeOffset? ReceivedAt { get; init; }
}

/// <summary>What a wallet's proof says of itself. Whether it is genuine, the check of the holder tells.</summary>
/// <param name="Audience">Whom it was made for; empty if it does not say.</param>
/// <param name="Nonce">What the wallet repeats; empty if nothing.</param>
/// <param name="MadeAt">When it was made; absent if it does not say.</param>
public sealed record PresentationClaim(string Audience, string Nonce, DateTimeOffset? MadeAt)
{
    /// <summary>The audience, cut to a length and cleaned of what is not seen; absent if nothing is left.</summary>
    [JsonIgnore]
    public string? ShownAudience => ClaimedText.Of(Audience);
}
