using System.Text.Json;
using System.Text.Json.Nodes;
using MicroCreds.Ledger.Credentials;
using MicroCreds.Ledger.Credentials.Fetching;
using MicroCreds.Ledger.Gateway.Configuration;
using MicroCreds.Ledger.Gateway.Problems;
using MicroCreds.Ledger.Gateway.Projection;
using MicroCreds.Ledger.Store;

namespace MicroCreds.Ledger.Gateway.Wallets.Presenting;

/// <summary>Makes requests to wallets. Thread-safe.</summary>
internal sealed class PresentationMaking(
    Presentations presentations, VerifierIdentity verifier, ProjectedRecords records, LedgerProjection projection,
    PublicAddress address, GatewayServiceOptions options, TimeProvider time)
{
    /// <summary>How long a wallet has to answer.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(10);

    private const string Id = "credential";
    private const string NameClaim = "name";
    private const string AchievementClaim = "achievement";
    private const string IssuerClaim = "issuer";
    private const int MaxVersions = 50;
    private const int MaxRedirectLength = 2000;
    private const int MaxEqfLevel = 8;

    private static readonly AddressRule RedirectRule = new();

    /// <summary>Keeps a request for wallets.</summary>
    /// <param name="wanted">What is wanted.</param>
    /// <param name="owner">By what whoever asks is known again.</param>
    /// <param name="root">What its secrets are made of.</param>
    /// <param name="isAnonymous">Whether whoever asks has no login. Default is that they have one.</param>
    /// <exception cref="ProblemException">
    /// Something wanted is not known, cannot be asked for, or too many requests are open.
    /// </exception>
    public async Task<MadePresentation> MakeAsync(
        WantedPresentation wanted, string owner, string root, bool isAnonymous = false)
    {
        var terms = TermsOf(wanted);
        string mode = ModeOf(wanted);
        if (wanted.RedirectUri is { } redirect) RequireRedirect(redirect);
        var (client, _) = verifier.Current();
        var now = time.GetUtcNow();
        var asked = new AskedPresentation
        {
            Id = Guid.NewGuid().ToString("N"),
            Client = client,
            Query = terms.Write(),
            Mode = mode,
            Redirect = wanted.RedirectUri,
            CreatedAt = now,
            ExpiresAt = now + Lifetime,
        };
        string across = PresentationSecrets.Across(root, asked.Id);
        string same = PresentationSecrets.Same(root, asked.Id);
        return await presentations.AddAsync(asked, owner, across, same, isAnonymous)
            ? new MadePresentation(asked, LinkOf(asked, across), LinkOf(asked, same))
            : throw new ProblemException(
                ProblemKind.TooManyRequests,
                $"{Presentations.MaxOpen} requests to wallets are open, which is as many as may be. Try again later.")
            {
                RetryAfter = TimeSpan.FromMinutes(1),
            };
    }

    /// <summary>What leads a wallet to a request.</summary>
    public string LinkOf(AskedPresentation asked, string secret) => PresentingAddresses.LinkOf(
        options.Wallets.HighAssurance, asked.Client, $"{address.Url}{PresentingAddresses.Requests}/{secret}");

    private PresentationTerms TermsOf(WantedPresentation wanted)
    {
        if (wanted.MinEqfLevel is < 1 or > MaxEqfLevel)
            throw ProblemException.Invalid("/minEqfLevel", $"must be a whole number from 1 to {MaxEqfLevel}.");
        if (wanted.MinCredits is { } credits && !(credits > 0 && double.IsFinite(credits)))
            throw ProblemException.Invalid("/minCredits", "must be a number above 0.");
        if (wanted.DcqlQuery is not { } query)
        {
            var own = new PresentationTerms(QueryOf(wanted), wanted.MinEqfLevel, wanted.MinCredits);

            // No request is made that could not be read again.
            _ = own.Dcql;
            return own;
        }

        if (wanted is not { Achievement: null, Issuer: null, Shown: null, Format: null, Several: null })
        {
            throw ProblemException.Invalid(
                "/dcqlQuery", "says all that is asked for: leave out achievement, issuer, shown, format and several.");
        }

        using var document = JsonDocument.Parse(query.ToJsonString());
        var read = DcqlQuery.Read(document.RootElement.Clone(), "/dcqlQuery");
        foreach (var (one, i) in read.Credentials.Select((one, i) => (one, i)))
            RequireFormat(one.Format, $"/dcqlQuery/credentials/{i}/format");
        return new PresentationTerms(query.DeepClone().AsObject(), wanted.MinEqfLevel, wanted.MinCredits);
    }

    private JsonObject QueryOf(WantedPresentation wanted)
    {
        string format = wanted.Format ?? PresentationFormat.SdJwt;
        RequireFormat(format, "/format");
        string[] shown = [.. (wanted.Shown ?? [NameClaim]).Distinct()];
        if (shown.Any(name => !DisclosureChoice.Names.Contains(name)))
            throw ProblemException.Invalid("/shown", $"must hold {string.Join(", ", DisclosureChoice.Names)} alone.");
        var claims = new JsonArray();
        foreach (string name in shown)
            claims.Add(ClaimAt(name, name == "evidence" ? [name] : ["credentialSubject", name]));
        if (wanted.Achievement is { } achievement)
        {
            claims.Add(
                ClaimAt(AchievementClaim, ["credentialSubject", "achievement", "id"], AddressesOf(achievement)));
        }

        if (wanted.Issuer is { } issuer)
            claims.Add(ClaimAt(IssuerClaim, ["issuer", "id"], [.. DidsOf(issuer, "/issuer")]));
        var credential = new JsonObject
        {
            ["id"] = Id,
            ["format"] = format,
            ["meta"] = format == PresentationFormat.SdJwt
                ? new JsonObject { ["vct_values"] = TextList.Of(Types()) }
                : new JsonObject
                {
                    ["type_values"] = new JsonArray(TextList.Of("VerifiableCredential", "AchievementCredential")),
                },
        };
        if (wanted.Several == true) credential["multiple"] = true;

        // A Data Integrity document is bound to a key only if it was issued to one.
        if (format == PresentationFormat.DataIntegrity) credential["require_cryptographic_holder_binding"] = false;
        if (claims.Count > 0) credential["claims"] = claims;
        if (ClaimSetsOf(shown, [.. claims.Select(one => (string)one!["id"]!).Except(shown)]) is { Count: > 0 } sets)
            credential["claim_sets"] = sets;
        return new JsonObject { ["credentials"] = new JsonArray(credential) };
    }

    /// <summary>
    /// Which claims do together, the most first: a credential that has no result, or no evidence, is none the less the
    /// one that is asked for. Each has its learner's name, so that what is asked for beside that may be missing; if it
    /// is not asked for, one of the others has to be there.
    /// </summary>
    private static JsonArray ClaimSetsOf(string[] shown, string[] always)
    {
        if (shown.Length < 2) return [];
        bool hasName = shown.Contains(NameClaim);
        string[] others = [.. DisclosureChoice.Names.Where(name => name != NameClaim && shown.Contains(name))];
        var choices = Enumerable.Range(0, 1 << others.Length)
            .Select(bits => others.Where((_, i) => ((bits >> i) & 1) == 0).ToArray())
            .Where(some => hasName || some.Length > 0).OrderByDescending(some => some.Length);
        return
        [
            .. choices.Select(some => TextList.Of([.. hasName ? [NameClaim] : (string[])[], .. some, .. always])),
        ];
    }

    /// <summary>
    /// The types of the members' SD-JWT VCs: where their gateways are known to be, and the shared name.
    /// </summary>
    private IReadOnlyList<string> Types() =>
    [
        .. options.MemberGateways.Select(one => one.Address.AbsoluteUri.TrimEnd('/'))
            .Concat(projection.Institutions.Values.Where(one => one.IsConfirmed)
                .Select(one => IssuerIdentity.UrlOf(one.Did)).OfType<string>())
            .Prepend(address.Url).Distinct().Take(MaxVersions).Select(CredentialType.UrlAt), CredentialType.Name,
    ];

    private IReadOnlyList<string> AddressesOf(string achievement)
    {
        string[] parts = achievement.Split('/');
        var (mspId, id) = parts.Length == 2 ? (parts[0], parts[1]) : (options.MspId, achievement);
        if (parts.Length > 2 || records.FindNewestAchievement(mspId, id) is not { } newest)
        {
            throw ProblemException.Invalid(
                "/achievement", "must be an own achievement's id, or mspId/id of another member's; it is not known.");
        }

        return
        [
            .. Enumerable.Range(0, Math.Min(newest.Version, MaxVersions)).SelectMany(back =>
                DidsOf(mspId, "/achievement").Select(did =>
                    CredentialVocabulary.AchievementUrl(did, id, newest.Version - back)))
                .Take(DcqlQuery.MaxItems),
        ];
    }

    private IEnumerable<string> DidsOf(string mspId, string place) =>
        projection.Institutions.GetValueOrDefault(mspId) is { } institution
            ? institution.Identities.Select(one => one.Did).Append(institution.Did).Distinct()
            : throw ProblemException.Invalid(place, "names no institution on the ledger: use its MSP id.");

    private void RequireFormat(string format, string place)
    {
        if (!PresentationFormat.All.Contains(format))
            throw ProblemException.Invalid(place, $"must be of {string.Join(", ", PresentationFormat.All)}.");

        if (options.Wallets.HighAssurance && format != PresentationFormat.SdJwt)
            throw ProblemException.Invalid(place, $"must be {PresentationFormat.SdJwt}: WalletHighAssurance is set.");
    }

    private string ModeOf(WantedPresentation wanted)
    {
        string mode = wanted.ResponseMode ?? PresentationMode.EncryptedPost;
        if (!PresentationMode.All.Contains(mode))
            throw ProblemException.Invalid("/responseMode", $"must be {string.Join(" or ", PresentationMode.All)}.");

        return options.Wallets.HighAssurance && mode != PresentationMode.EncryptedPost
            ? throw ProblemException.Invalid(
                "/responseMode", $"must be {PresentationMode.EncryptedPost}: WalletHighAssurance is set.")
            : mode;
    }

    private static void RequireRedirect(string redirect)
    {
        string? fault = redirect.Length > MaxRedirectLength || redirect.Contains('#', StringComparison.Ordinal)
            || !redirect.All(char.IsAscii) || !Uri.TryCreate(redirect, UriKind.Absolute, out var uri)
            ? $"must be an absolute address of up to {MaxRedirectLength} ASCII characters, without a fragment."
            : uri.IsLoopback ? "must be a public address, since learners' browsers are led there."
            : RedirectRule.FaultOf(uri) is { } broken ? $"must be a public https address: {broken}"
            : null;
        if (fault is not null) throw ProblemException.Invalid("/redirectUri", fault);
    }

    private static JsonObject ClaimAt(string id, IReadOnlyList<string> path, IReadOnlyList<string>? values = null)
    {
        var claim = new JsonObject { ["id"] = id, ["path"] = TextList.Of(path) };
        if (values is not null) claim["values"] = TextList.Of(values);
        return claim;
    }
}

/// <summary>A presentation that is wanted of a wallet.</summary>
public sealed record WantedPresentation
{
    /// <summary>
    /// The achievement: the id of an own one, or <c>mspId/id</c>. Of its versions the newest 50 count, and fewer where
    /// its institution has had several DIDs: a query holds 100 values. Default is any achievement.
    /// </summary>
    public string? Achievement { get; init; }

    /// <summary>The MSP id of the institution that issued it. Default is any member's.</summary>
    public string? Issuer { get; init; }

    /// <summary>The lowest level of the EQF that counts for you, 1 to 8. Default is that none does.</summary>
    public int? MinEqfLevel { get; init; }

    /// <summary>The fewest ECTS credits of one credential that count for you. Default is that none do.</summary>
    public double? MinCredits { get; init; }

    /// <summary>
    /// What is to be shown of what learners may withhold: <c>name</c>, <c>result</c>, <c>evidence</c>,
    /// <c>identifier</c>, <c>id</c>. Of several, a wallet shows what its credential has; the name always. Default is
    /// the name alone.
    /// </summary>
    public IReadOnlyList<string>? Shown { get; init; }

    /// <summary>
    /// The format: <c>dc+sd-jwt</c>, <c>jwt_vc_json</c> or <c>ldp_vc</c>. Default is <c>dc+sd-jwt</c>.
    /// </summary>
    public string? Format { get; init; }

    /// <summary>Whether several credentials may be presented. Default is one.</summary>
    public bool? Several { get; init; }

    /// <summary>A query in DCQL, in the place of all of the above but what counts. Default is none.</summary>
    public JsonObject? DcqlQuery { get; init; }

    /// <summary>
    /// How the wallet answers: <c>direct_post.jwt</c>, encrypted, or <c>direct_post</c>. Default is encrypted.
    /// </summary>
    public string? ResponseMode { get; init; }

    /// <summary>
    /// Where the learner's browser is led afterwards, if it is the same one: your own page, by https, which gets
    /// <c>response_code</c>. Default is none: the wallet is on another device.
    /// </summary>
    public string? RedirectUri { get; init; }
}

/// <summary>A request that was just made. Secret: never log it.</summary>
/// <param name="Asked">What is asked.</param>
/// <param name="Link">What leads a wallet on another device to it.</param>
/// <param name="SameLink">What leads one on the same device to it.</param>
internal sealed record MadePresentation(AskedPresentation Asked, string Link, string SameLink);
