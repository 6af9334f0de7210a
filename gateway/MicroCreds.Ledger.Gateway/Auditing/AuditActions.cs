namespace MicroCreds.Ledger.Gateway.Auditing;

/// <summary>The codes of what is done without an address of its own.</summary>
public static class AuditActions
{
    /// <summary>A person signed in.</summary>
    public const string SignedIn = "session.begin";

    /// <summary>Old entries of the log were dropped.</summary>
    public const string Pruned = "audit.prune";

    /// <summary>Another first API key took the place of the one before.</summary>
    public const string FirstKey = "api-key.first";

    /// <summary>An issuance got to the ledger after its request: a batch, or what could not be finished then.</summary>
    public const string Anchored = "issuance.anchor";

    /// <summary>An issuance was refused by the ledger, after its request.</summary>
    public const string Refused = "issuance.refuse";

    /// <summary>A credential was signed anew, since the ledger did not take it as it was.</summary>
    public const string SignedAnew = "issuance.sign-anew";

    /// <summary>The gateway put its issuer key on the ledger.</summary>
    public const string RegisteredKey = "key.register";

    /// <summary>The gateway put the key on the ledger that signs the log's heads.</summary>
    public const string RegisteredLogKey = "log-key.register";

    /// <summary>The withdrawal of an API key got to the ledger after its request.</summary>
    public const string RecordedWithdrawal = "api-key.record";

    /// <summary>Endorsement policies of records were made anew, since members came or left.</summary>
    public const string RefreshedPolicies = "policies.refresh";

    /// <summary>An open ballot was counted anew, since members came or left.</summary>
    public const string CountedBallot = "ballot.count";

    /// <summary>The ledger was founded, since nobody had.</summary>
    public const string Founded = "ledger.found";

    /// <summary>Tables that somebody sent and never issued were old enough to go.</summary>
    public const string DroppedTables = "table.drop";

    /// <summary>Deliveries to webhooks were old enough to go.</summary>
    public const string DroppedDeliveries = "webhook-delivery.drop";

    /// <summary>Applications that nobody decided, or that were decided long ago, were old enough to go.</summary>
    public const string DroppedApplications = "award-application.drop";

    /// <summary>Practice that nobody went on with, or that was declined, was old enough to go.</summary>
    public const string DroppedPractice = "practice.drop";
}

/// <summary>What an address does, for the audit log.</summary>
/// <param name="Code">What: a fixed code.</param>
/// <param name="Subject">The kind of what it is done to; none where it has no name.</param>
public sealed record AuditedAction(string Code, string? Subject);

/// <summary>Says that an address which is no plain public reading is not audited by itself.</summary>
/// <param name="Why">Why.</param>
public sealed record UnauditedAction(string Why);

/// <summary>Says at each route what the audit log calls it.</summary>
public static class AuditedRoutes
{
    /// <summary>The kind of a subject that is a credential, which is named by its place alone.</summary>
    public const string Credential = "credential";

    /// <summary>Each use by a known caller is noted, before anything is done and after.</summary>
    public static RouteHandlerBuilder Audited(this RouteHandlerBuilder route, string code, string? subject = null) =>
        route.WithMetadata(new AuditedAction(code, subject));

    /// <summary>It changes nothing and shows nothing of a person that is kept here; or notes it by itself.</summary>
    public static RouteHandlerBuilder Unaudited(this RouteHandlerBuilder route, string why) =>
        route.WithMetadata(new UnauditedAction(why));
}
