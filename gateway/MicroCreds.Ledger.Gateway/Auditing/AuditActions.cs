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
