namespace MicroCreds.Ledger.Gateway.Xapi;

/// <summary>What cmi5 calls what is said of a session.</summary>
internal static class Cmi5Terms
{
    /// <summary>Verbs.</summary>
    public const string Launched = Verbs + "launched";

    /// <inheritdoc cref="Launched"/>
    public const string Passed = Verbs + "passed";

    /// <inheritdoc cref="Launched"/>
    public const string Failed = Verbs + "failed";

    /// <inheritdoc cref="Launched"/>
    public const string Completed = Verbs + "completed";

    /// <summary>The verb by which a simulator ends a session.</summary>
    public const string Terminated = Verbs + "terminated";

    /// <summary>The verb by which a session is ended that its simulator did not end.</summary>
    public const string Abandoned = "https://w3id.org/xapi/adl/verbs/abandoned";

    /// <summary>The category of all that cmi5 defines.</summary>
    public const string Category = Context + "categories/cmi5";

    /// <summary>The extension of a context that names its session.</summary>
    public const string Session = Extensions + "sessionid";

    /// <summary>Extensions of what is said when a session is launched.</summary>
    public const string LaunchMode = Extensions + "launchmode";

    /// <inheritdoc cref="LaunchMode"/>
    public const string LaunchUrl = Extensions + "launchurl";

    /// <inheritdoc cref="LaunchMode"/>
    public const string MoveOn = Extensions + "moveon";

    /// <inheritdoc cref="LaunchMode"/>
    public const string MasteryScore = Extensions + "masteryscore";

    private const string Verbs = "http://adlnet.gov/expapi/verbs/";
    private const string Context = "https://w3id.org/xapi/cmi5/context/";
    private const string Extensions = Context + "extensions/";
}
