using System.Globalization;
using System.Text;
using System.Text.Json;
using MicroCreds.Ledger.Gateway.Problems;
using MicroCreds.Ledger.Model;
using MicroCreds.Ledger.Store;

namespace MicroCreds.Ledger.Gateway.Xapi;

/// <summary>What statements a simulator asks for (xAPI 1.0.3, part three, 2.1.3).</summary>
internal sealed record StatementQuestion
{
    /// <summary>The most statements of one answer.</summary>
    public const int MaxCount = 100;

    private const string Cursor = "cursor";

    private static readonly string[] Filters =
    [
        "agent", "verb", "activity", "registration", "related_activities", "related_agents", "since", "until", "limit",
        "ascending", Cursor,
    ];

    /// <summary>All parameters there are.</summary>
    public static readonly string[] Parameters =
        ["statementId", "voidedStatementId", .. Filters, "format", "attachments"];

    /// <summary>The one that is asked for; none if it is a list.</summary>
    public Guid? One { get; private init; }

    /// <summary>Whether that one was voided.</summary>
    public bool IsVoided { get; private init; }

    /// <summary>The list that is asked for.</summary>
    public required StatementQuery Query { get; init; }

    /// <summary>The form in which they are given.</summary>
    public required string Format { get; init; }

    /// <summary>Whether what is attached comes along.</summary>
    public required bool HasAttachments { get; init; }

    /// <summary>Reads what is asked for.</summary>
    /// <exception cref="ProblemException">A parameter is not known, or not what it must be.</exception>
    public static StatementQuestion Read(XapiRequest request, XapiCaller caller)
    {
        request.Know(Parameters);
        string format = request.Parameter("format") ?? "exact";
        if (format is not ("ids" or "exact" or "canonical"))
            throw ProblemException.Invalid("format", "must be ids, exact or canonical.");
        var question = new StatementQuestion
        {
            Query = QueryOf(request, caller),
            Format = format,
            HasAttachments = FlagOf(request, "attachments"),
        };
        string? one = request.Parameter("statementId");
        string? voided = request.Parameter("voidedStatementId");
        if (one is null && voided is null) return question;
        if ((one is not null && voided is not null) || Filters.Any(request.Query.ContainsKey))
        {
            throw ProblemException.Invalid(
                one is null ? "voidedStatementId" : "statementId",
                "stands beside format and attachments alone.");
        }

        return XapiValues.IsUuid(one ?? voided, out var id)
            ? question with { One = id, IsVoided = voided is not null }
            : throw ProblemException.Invalid(one is null ? "voidedStatementId" : "statementId", "must be a UUID.");
    }

    /// <summary>Where the answer goes on.</summary>
    /// <param name="path">The path that this gateway is known below; empty if there is none.</param>
    /// <param name="request">What was asked.</param>
    /// <param name="last">The last statement of the answer.</param>
    public static string MoreOf(string path, XapiRequest request, KeptStatement last)
    {
        var more = new StringBuilder(path).Append(StatementResource.Address).Append('?');
        foreach (var (name, value) in request.Query)
        {
            if (name != Cursor) more.Append(name).Append('=').Append(Uri.EscapeDataString(value)).Append('&');
        }

        long at = (last.StoredAt - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
        return more.Append(CultureInfo.InvariantCulture, $"{Cursor}={at}").ToString();
    }

    private static StatementQuery QueryOf(XapiRequest request, XapiCaller caller)
    {
        string simulator = caller.Simulator.Id;
        var terms = new List<byte[]>();
        bool isRelatedAgent = FlagOf(request, "related_agents");
        bool isRelatedActivity = FlagOf(request, "related_activities");
        if (request.Parameter("agent") is { } agent)
            terms.Add(StatementTerms.OfAgent(simulator, AgentOf(agent), isRelatedAgent));
        if (request.Parameter("verb") is { } verb) terms.Add(StatementTerms.OfVerb(simulator, IriOf(verb, "verb")));
        if (request.Parameter("activity") is { } activity)
            terms.Add(StatementTerms.OfActivity(simulator, IriOf(activity, "activity"), isRelatedActivity));
        if (request.Parameter("registration") is { } registration)
            terms.Add(StatementTerms.OfRegistration(simulator, UuidOf(registration, "registration")));
        int count = NumberOf(request, "limit") is > 0 and < MaxCount and var limit ? (int)limit : MaxCount;
        return new StatementQuery
        {
            Simulator = simulator,
            Practice = caller.Session?.Practice,
            Terms = terms,
            Since = MomentOf(request, "since"),
            Until = MomentOf(request, "until"),
            After = NumberOf(request, Cursor) is { } after
                ? DateTimeOffset.UnixEpoch.AddTicks(
                    Math.Min(after, long.MaxValue / 100) * TimeSpan.TicksPerMicrosecond) : null,
            IsAscending = FlagOf(request, "ascending"),
            Count = count + 1,
        };
    }

    /// <summary>Reads an agent out of a parameter.</summary>
    /// <exception cref="ProblemException">It is none, or nothing identifies it.</exception>
    public static JsonElement AgentOf(string text)
    {
        JsonElement agent;
        try
        {
            agent = StatementForm.ParseJson(Encoding.UTF8.GetBytes(text));
        }
        catch (StrictJsonException exception)
        {
            throw ProblemException.Invalid("agent", $"must be an agent as JSON: {exception.Message}");
        }

        var faults = StatementRules.CheckAgent(agent, "agent");
        if (faults.Count > 0) throw ProblemException.Invalid(faults);
        return StatementTerms.IdentifierOf(agent) is null
            ? throw ProblemException.Invalid("agent", "must be identified by something.") : agent;
    }

    /// <summary>A parameter that is an IRI.</summary>
    public static string IriOf(string text, string name) =>
        XapiValues.IsIri(text) ? text : throw ProblemException.Invalid(name, "must be an IRI.");

    /// <summary>A parameter that is a UUID.</summary>
    public static Guid UuidOf(string text, string name) =>
        XapiValues.IsUuid(text, out var id) ? id : throw ProblemException.Invalid(name, "must be a UUID.");

    /// <summary>A parameter that is a moment; null if it was not sent.</summary>
    public static DateTimeOffset? MomentOf(XapiRequest request, string name) => request.Parameter(name) is not { } text
        ? null
        : XapiValues.IsMoment(text, out var at) ? at
        : throw ProblemException.Invalid(name, "must be a moment by ISO 8601.");

    private static bool FlagOf(XapiRequest request, string name) => request.Parameter(name) switch
    {
        null or "false" => false,
        "true" => true,
        _ => throw ProblemException.Invalid(name, "must be true or false."),
    };

    private static long? NumberOf(XapiRequest request, string name) => request.Parameter(name) is not { } text
        ? null
        : long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long number) ? number
        : throw ProblemException.Invalid(name, "must be a whole number, not negative.");
}
