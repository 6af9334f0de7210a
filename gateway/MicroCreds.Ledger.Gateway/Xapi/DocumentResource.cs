using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using MicroCreds.Ledger.Gateway.Auditing;
using MicroCreds.Ledger.Gateway.Practising;
using MicroCreds.Ledger.Gateway.Problems;
using MicroCreds.Ledger.Gateway.Reading;
using MicroCreds.Ledger.Store;

namespace MicroCreds.Ledger.Gateway.Xapi;

/// <summary>
/// /xapi/activities/state and the profiles: small documents that a simulator puts down for later (xAPI 1.0.3, part
/// three, 2.2). In a session it reaches those of its learner alone.
/// </summary>
internal static class DocumentResource
{
    /// <summary>The largest document.</summary>
    public const int MaxBytes = 64 * 1024;

    private const int MaxNameLength = 200;

    private static readonly string[] Methods = ["GET", "PUT", "POST", "DELETE"];

    private static readonly DocumentPlace[] Places =
    [
        new("/activities/state", "stateId", IsOfActivity: true, IsOfAgent: true, HasRegistration: true),
        new("/activities/profile", "profileId", IsOfActivity: true, IsOfAgent: false, HasRegistration: false),
        new("/agents/profile", "profileId", IsOfActivity: false, IsOfAgent: true, HasRegistration: false),
    ];

    public static void MapDocuments(this IEndpointRouteBuilder routes)
    {
        foreach (var place in Places)
        {
            routes.MapMethods(
                XapiAnswers.Address + place.Address, Methods, (HttpContext context, XapiCallers callers) =>
                    AnswerAsync(context, callers, place))
                .Unaudited(StatementResource.Theirs).OpenToSimulators().ExcludeFromDescription()
                .TakesParameters([XapiRequest.MethodParameter, .. place.Parameters]);
        }
    }

    /// <summary>What the documents of a learner's activity are kept under.</summary>
    public static byte[] ScopeOfState(string simulator, string activity, JsonElement agent, Guid? registration) =>
        ScopeOf(simulator, "/activities/state", activity, StatementTerms.IdentifierOf(agent), registration);

    private static async Task<IResult> AnswerAsync(
        HttpContext context, XapiCallers callers, DocumentPlace place)
    {
        var services = context.RequestServices;
        var request = await XapiRequest.ReadAsync(context);
        var caller = callers.Require(request);
        StatementResource.RequireVersion(request);
        request.Know(place.Parameters);
        byte[] scope = RequireScope(request, caller, place, services.GetRequiredService<SessionRule>());
        string? name = request.Parameter(place.Name);
        if (name is { Length: 0 or > MaxNameLength })
            throw ProblemException.Invalid(place.Name, $"must have 1 to {MaxNameLength} characters.");
        var documents = services.GetRequiredService<XapiDocuments>();
        var found = name is null ? null : documents.Find(scope, name);
        switch (request.Method)
        {
            case "GET" when name is null:
                return Results.Json(documents.List(scope, StatementQuestion.MomentOf(request, "since")));
            case "GET":
                return Give(context, found);
            case "DELETE":
                if (name is null && !place.HasRegistration) throw Missing(place.Name);
                RequireMatch(request, found, place, isWrite: false);
                await documents.DeleteAsync(scope, name);
                return Results.NoContent();
            default:
                if (name is null) throw Missing(place.Name);
                await WriteAsync(request, caller, place, scope, name, documents);
                return Results.NoContent();
        }
    }

    private static IResult Give(HttpContext context, XapiDocument? found)
    {
        if (found is null) throw new ProblemException(ProblemKind.NotFound, "There is no such document.");
        context.Response.Headers.ETag = TagOf(found);
        context.Response.Headers.LastModified = found.UpdatedAt.ToString("R", CultureInfo.InvariantCulture);
        return Results.Bytes(found.Content, found.MediaType);
    }

    private static async Task WriteAsync(
        XapiRequest request, XapiCaller caller, DocumentPlace place, byte[] scope, string name,
        XapiDocuments documents)
    {
        if (request.Body.Length > MaxBytes)
            throw new ProblemException(ProblemKind.TooLarge, $"A document may have {MaxBytes} bytes at most.");
        string type = request.ContentType.Length > 0 ? request.ContentType : "application/octet-stream";
        var now = request.Context.RequestServices.GetRequiredService<TimeProvider>().GetUtcNow();
        ProblemException? fault = null;
        bool isWritten = await documents.WriteAsync(caller.Owner, scope, name, before =>
        {
            try
            {
                RequireMatch(request, before, place, isWrite: request.Method == "PUT");
                byte[] content = request.Method == "POST" ? Merged(before, request.Body, type) : request.Body;
                if (content.Length > MaxBytes)
                    throw new ProblemException(ProblemKind.TooLarge, $"A document may have {MaxBytes} bytes at most.");
                return new XapiDocument(name, type, now, content);
            }
            catch (ProblemException exception)
            {
                fault = exception;
                return null;
            }
        });
        if (fault is not null) throw fault;
        if (!isWritten)
            throw new ProblemException(ProblemKind.StatementRefused, "There are too many documents: delete some.");
    }

    /// <summary>What is sent is laid over what is there, member by member, if both are objects.</summary>
    private static byte[] Merged(XapiDocument? before, byte[] sent, string type)
    {
        bool isJson = type.StartsWith("application/json", StringComparison.OrdinalIgnoreCase);
        if (!isJson && before is null) return sent;
        var added = isJson ? ObjectOf(sent) : null;
        if (before is null && added is not null) return sent;
        var merged = before?.MediaType.StartsWith("application/json", StringComparison.OrdinalIgnoreCase) == true
            ? ObjectOf(before.Content) : null;
        if (added is null || merged is null)
        {
            throw ProblemException.Invalid(
                "", "is laid over what is there by POST, for which both must be JSON objects: PUT replaces it.");
        }

        foreach (var (name, value) in added) merged[name] = value?.DeepClone();
        return Encoding.UTF8.GetBytes(merged.ToJsonString());
    }

    private static JsonObject? ObjectOf(byte[] content)
    {
        try
        {
            return JsonNode.Parse(StatementForm.ParseJson(content).GetRawText()) as JsonObject;
        }
        catch (Model.StrictJsonException)
        {
            return null;
        }
    }

    private static void RequireMatch(XapiRequest request, XapiDocument? found, DocumentPlace place, bool isWrite)
    {
        string tag = found is null ? "" : TagOf(found);
        string? match = request.Header("If-Match");
        string? none = request.Header("If-None-Match");
        if ((match is not null && !IsIn(match, tag)) || (none is not null && found is not null && IsIn(none, tag)))
            throw Failed(StatusCodes.Status412PreconditionFailed, "The document is another by now.");
        if (isWrite && !place.HasRegistration && match is null && none is null)
        {
            throw found is null
                ? ProblemException.Invalid("If-None-Match", "must be *, so that no other document is written over.")
                : Failed(
                    StatusCodes.Status409Conflict,
                    "There is such a document: read it, and send its ETag as If-Match to replace it.");
        }

        static ProblemException Failed(int status, string detail) =>
            new(ProblemKind.Conflict with { Status = status }, detail);
    }

    private static bool IsIn(string header, string tag) =>
        header.Trim() == "*" ? tag.Length > 0 : header.Contains(tag, StringComparison.Ordinal) && tag.Length > 0;

    private static byte[] RequireScope(
        XapiRequest request, XapiCaller caller, DocumentPlace place, SessionRule rule)
    {
        string? activity = null;
        JsonElement? agent = null;
        if (place.IsOfActivity)
        {
            activity = StatementQuestion.IriOf(
                request.Parameter("activityId") ?? throw Missing("activityId"), "activityId");
            if (!caller.Simulator.IsTrial && !SessionRule.Covers(caller.Simulator, activity))
                throw Refused("activityId", "is none that this simulator is registered for.");
        }

        if (place.IsOfAgent)
            agent = StatementQuestion.AgentOf(request.Parameter("agent") ?? throw Missing("agent"));
        Guid? registration = request.Parameter("registration") is { } given
            ? StatementQuestion.UuidOf(given, "registration") : null;
        if (!caller.Simulator.IsTrial) RequireOwn(caller, agent, registration, request.Method, rule);
        return ScopeOf(
            caller.Simulator.Id, place.Address, activity,
            agent is { } one ? StatementTerms.IdentifierOf(one) : null, registration);
    }

    private static void RequireOwn(
        XapiCaller caller, JsonElement? agent, Guid? registration, string method, SessionRule rule)
    {
        if (caller.Session is not { } session)
            throw Refused("Authorization", "is a simulator's own: documents are kept within sessions alone.");
        using var own = JsonDocument.Parse(rule.ActorOf(session.Practice));
        if (agent is { } given && StatementTerms.IdentifierOf(given) != StatementTerms.IdentifierOf(own.RootElement))
            throw Refused("agent", "is not the learner of this session.");
        if (registration is not null && registration != session.Practice)
            throw Refused("registration", "is another than this session's.");
        if (agent is null && method != "GET")
            throw Refused("activityId", "has a profile that learners share: no session may change it.");
        if (session.EndedAt is not null && method != "GET")
            throw Refused("Authorization", "is of a session that is over.");
    }

    private static byte[] ScopeOf(
        string simulator, string kind, string? activity, string? agent, Guid? registration) =>
        SHA256.HashData(Encoding.UTF8.GetBytes(
            string.Join('\n', simulator, kind, activity, agent, registration?.ToString())));

#pragma warning disable CA5350 // xAPI 1.0.3, part three, 3.1, asks for SHA-1; the tag only tells versions apart.
    private static string TagOf(XapiDocument document) =>
        $"\"{Convert.ToHexStringLower(SHA1.HashData(document.Content))}\"";
#pragma warning restore CA5350

    private static ProblemException Missing(string name) => ProblemException.Invalid(name, "is missing.");

    private static ProblemException Refused(string place, string reason) => new(
        ProblemKind.StatementRefused, $"{place} {reason} Nothing was changed.", [new FieldFault(place, reason)]);

    /// <summary>A place for documents.</summary>
    private sealed record DocumentPlace(
        string Address, string Name, bool IsOfActivity, bool IsOfAgent, bool HasRegistration)
    {
        /// <summary>The parameters it takes.</summary>
        public string[] Parameters { get; } =
        [
            .. IsOfActivity ? (string[])["activityId"] : [], .. IsOfAgent ? (string[])["agent"] : [],
            .. HasRegistration ? (string[])["registration"] : [], Name, "since",
        ];
    }
}
