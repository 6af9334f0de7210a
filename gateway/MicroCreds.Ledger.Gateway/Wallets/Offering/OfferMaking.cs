using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using MicroCreds.Ledger.Gateway.Configuration;
using MicroCreds.Ledger.Gateway.Problems;
using MicroCreds.Ledger.Store;

namespace MicroCreds.Ledger.Gateway.Wallets.Offering;

/// <summary>Makes offers of credentials to wallets, and says what they say (OpenID4VCI 1.0, 4). Thread-safe.</summary>
public sealed class OfferMaking(
    WalletOffers offers, FetchedCredentials fetched, PublicAddress address, GatewayServiceOptions options,
    TimeProvider time)
{
    /// <summary>How long an offer works that a learner makes on a device, to take it up at once.</summary>
    public static readonly TimeSpan OwnLifetime = TimeSpan.FromMinutes(30);

    private const int TransactionCodeDigits = 6;
    private const int TransactionCodes = 1_000_000;

    /// <summary>Whether there are offers here.</summary>
    public bool IsOpen => options.Learners.Allows(LearnerChannels.Wallets);

    /// <summary>Makes an offer.</summary>
    /// <param name="of">The credential, or the request that will become one.</param>
    /// <param name="forms">The forms that it may be fetched in; none takes what wallets take first.</param>
    /// <param name="lifetime">How long it works.</param>
    /// <param name="asksForCode">Whether the learner is asked for a code, which is told apart.</param>
    /// <exception cref="ProblemException">
    /// There are no offers here, too many are open, a form is not known, or no wallet would get the credential.
    /// </exception>
    public async Task<MadeOffer> MakeAsync(
        OfferedThing of, IReadOnlyList<string> forms, TimeSpan lifetime, bool asksForCode = false)
    {
        ArgumentNullException.ThrowIfNull(of);
        ArgumentNullException.ThrowIfNull(forms);
        if (!IsOpen)
        {
            throw new ProblemException(
                ProblemKind.NotReady, "This institution offers nothing to wallets (LearnerOff).");
        }

        foreach (string form in forms)
        {
            if (CredentialConfiguration.Find(form, options.Wallets) is null)
            {
                var known = CredentialConfiguration.In(options.Wallets).Select(one => one.Id);
                throw ProblemException.Invalid("/forms", $"must hold {string.Join(", ", known)} alone.");
            }
        }

        if (of.Credential is { } offered && fetched.ObstacleOf(offered) is { } obstacle)
            throw new ProblemException(ProblemKind.Conflict, $"{obstacle} No offer was made.");
        string secret = LearnerSecret.Draw();
        string? code = asksForCode ? DrawCode() : null;
        var now = time.GetUtcNow();
        var offer = new WalletOffer
        {
            Id = Guid.NewGuid().ToString("N"),
            Credential = of.Credential,
            Request = of.Request,
            Forms = forms.Count == 0 ? [CredentialConfiguration.SdJwt.Id] : [.. forms.Distinct()],
            CreatedAt = now,
            ExpiresAt = now + lifetime,
        };
        return await offers.AddAsync(offer, secret, code)
            ? new MadeOffer(offer, UrlOf(secret), LinkOf(UrlOf(secret)), code)
            : throw new ProblemException(
                ProblemKind.Conflict,
                $"No offer was made: {WalletOffers.MaxOpen} offers of this credential are open, which is as many as "
                + "may be, or it was erased meanwhile.");
    }

    /// <summary>What an offer says to a wallet.</summary>
    /// <param name="offer">The offer.</param>
    /// <param name="secret">What its address ends in.</param>
    internal JsonObject Describe(WalletOffer offer, string secret)
    {
        var grant = new JsonObject { ["pre-authorized_code"] = WalletOffers.CodeOf(secret) };
        if (offer.AsksForCode)
        {
            grant["tx_code"] = new JsonObject
            {
                ["input_mode"] = "numeric",
                ["length"] = TransactionCodeDigits,
                ["description"] = "The code that your institution has told you apart from this offer",
            };
        }

        return new JsonObject
        {
            ["credential_issuer"] = address.Url,
            ["credential_configuration_ids"] = new JsonArray([.. offer.Forms.Select(form => (JsonNode)form)]),
            ["grants"] = new JsonObject { [TokenEndpoint.PreAuthorizedCode] = grant },
        };
    }

    /// <summary>The address that an offer is read at.</summary>
    internal string UrlOf(string secret) => address.Url + PathOf(secret);

    /// <summary>Where it lies at this gateway.</summary>
    internal static string PathOf(string secret) => $"{OfferingAddresses.Offers}/{secret}";

    /// <summary>What leads a wallet to an offer.</summary>
    internal static string LinkOf(string url) =>
        $"{OfferingAddresses.OfferScheme}?credential_offer_uri={Uri.EscapeDataString(url)}";

    /// <summary>What leads a wallet to an offer, and holds it.</summary>
    internal static string LinkWith(JsonObject offer) =>
        $"{OfferingAddresses.OfferScheme}?credential_offer={Uri.EscapeDataString(offer.ToJsonString())}";

    private static string DrawCode() => RandomNumberGenerator.GetInt32(TransactionCodes)
        .ToString("D" + TransactionCodeDigits, CultureInfo.InvariantCulture);
}

/// <summary>What is offered.</summary>
/// <param name="Credential">The UUID of a credential's identifier.</param>
/// <param name="Request">Or the id of a request that will become one.</param>
public sealed record OfferedThing(Guid? Credential, string? Request = null);

/// <summary>An offer that was just made. Secret: never log it.</summary>
/// <param name="Offer">The offer.</param>
/// <param name="Url">The address that it is read at, which shows its page to a browser.</param>
/// <param name="Link">What leads a wallet to it.</param>
/// <param name="TransactionCode">What the learner is asked for.</param>
public sealed record MadeOffer(WalletOffer Offer, string Url, string Link, string? TransactionCode);
