namespace MicroCreds.Ledger.Gateway.Pages;

/// <summary>
/// /verify/offline: the page that verifies a credential by the proof that goes along with it. Its scripts do it in the
/// browser; once it is loaded it asks nobody, and nothing that is chosen leaves the machine.
/// </summary>
internal static class OfflinePage
{
    /// <summary>Where the script is that the others belong to.</summary>
    public const string ScriptAddress = $"{Address}/page.js";

    private const string Address = "/verify/offline";

    private static readonly string[] Scripts =
    [
        "page", "verifying", "document", "trust", "proof", "filter", "heads", "credential", "trees", "json", "curve",
        "bytes",
    ];

    /// <summary>What its script says, each as a text under <c>offline.says</c>: verdicts, and what check lines have.
    /// </summary>
    public static readonly IReadOnlyList<string> Said =
    [
        "valid", "invalid", "indeterminate", "asOf", "achievementNotIssued", "anchorMismatch", "expired",
        "filterNotProven", "fromTheFuture", "inclusionMismatch", "issuerMismatch", "issuerUnconfirmed",
        "keyCompromised", "notACredential", "notAProof", "notATrustFile", "notChecked", "notInForce", "notInTheLog",
        "notYetValid", "otherLedger", "revoked", "standingNotProven", "statusEntryMismatch", "statusKeyCompromised",
        "statusUnknown", "superseded", "suspended", "tooFewSigned",
    ];

    public static void MapOfflinePage(this IEndpointRouteBuilder routes)
    {
        routes.MapGet(Address, (HttpContext context) => PageAnswers.Give<OfflineView>(context, PageVisit.Of(context)))
            .ExcludeFromDescription();
        routes.MapScripts(Address, $"{typeof(OfflinePage).Namespace}.Offline", Scripts);
    }
}
