using System.Text.Json;
using System.Text.Json.Nodes;
using MicroCreds.Ledger.Gateway.Auditing;
using MicroCreds.Ledger.Gateway.Problems;
using MicroCreds.Ledger.Gateway.Reading;
using MicroCreds.Ledger.Store;

namespace MicroCreds.Ledger.Gateway.Xapi;

/// <summary>
/// /xapi/agents and /xapi/activities: what is known of an agent, which is no more than was asked with, and of an
/// activity, out of the simulator's own statements (xAPI 1.0.3, part three, 2.4 and 2.5).
/// </summary>
internal static class ThingResource
{
    /// <summary>The most statements that are looked into.</summary>
    private const int MaxStatements = 50;

    private static readonly string[] Methods = ["GET", "POST"];

    public static void MapThings(this IEndpointRouteBuilder routes)
    {
        routes.MapMethods(XapiAnswers.Address + "/agents", Methods, GivePersonAsync)
            .Unaudited(StatementResource.Theirs).OpenToSimulators().ExcludeFromDescription()
            .TakesParameters(XapiRequest.MethodParameter, "agent");
        routes.MapMethods(XapiAnswers.Address + "/activities", Methods, GiveActivityAsync)
            .Unaudited(StatementResource.Theirs).OpenToSimulators().ExcludeFromDescription()
            .TakesParameters(XapiRequest.MethodParameter, "activityId");
    }

    private static async Task<IResult> GivePersonAsync(HttpContext context, XapiCallers callers)
    {
        var (request, _) = await ReadAsync(context, callers);
        request.Know("agent");
        var agent = StatementQuestion.AgentOf(Require(request, "agent"));
        var person = new JsonObject { ["objectType"] = "Person" };
        foreach (var member in agent.EnumerateObject())
        {
            if (member.Name is not ("objectType" or "member"))
                person[member.Name] = new JsonArray(JsonNode.Parse(member.Value.GetRawText()));
        }

        return Results.Json(person);
    }

    private static async Task<IResult> GiveActivityAsync(
        HttpContext context, XapiCallers callers, XapiStatements statements)
    {
        var (request, caller) = await ReadAsync(context, callers);
        request.Know("activityId");
        string id = StatementQuestion.IriOf(Require(request, "activityId"), "activityId");
        var found = statements.List(new StatementQuery
        {
            Simulator = caller.Simulator.Id,
            Practice = caller.Session?.Practice,
            Terms = [StatementTerms.OfActivity(caller.Simulator.Id, id, isRelated: false)],
            Count = MaxStatements,
        });
        var activity = new JsonObject { ["objectType"] = "Activity", ["id"] = id };
        foreach (var one in found.Reverse())
        {
            using var json = JsonDocument.Parse(one.Content);
            if (json.RootElement.GetProperty("object") is var thing
                && StatementRules.KindOf(thing) == "Activity"
                && thing.TryGetProperty("definition", out var definition))
                activity["definition"] = Merged(activity["definition"] as JsonObject, definition);
        }

        return Results.Json(activity);
    }

    /// <summary>The newest word counts, and languages are gathered.</summary>
    private static JsonObject Merged(JsonObject? before, JsonElement definition)
    {
        var merged = before?.DeepClone().AsObject() ?? [];
        foreach (var member in definition.EnumerateObject())
        {
            var value = JsonNode.Parse(member.Value.GetRawText());
            if (member.Name is "name" or "description" && merged[member.Name] is JsonObject known)
            {
                foreach (var (language, text) in value!.AsObject()) known[language] = text?.DeepClone();
            }
            else
            {
                merged[member.Name] = value;
            }
        }

        return merged;
    }

    private static async Task<(XapiRequest Request, XapiCaller Caller)> ReadAsync(
        HttpContext context, XapiCallers callers)
    {
        var request = await XapiRequest.ReadAsync(context);
        var caller = callers.Require(request);
        StatementResource.RequireVersion(request);
        return request.Method == "GET"
            ? (request, caller)
            : throw new ProblemException(ProblemKind.MethodNotAllowed, "It takes GET, which a form may fold.");
    }

    private static string Require(XapiRequest request, string name) =>
        request.Parameter(name) ?? throw ProblemException.Invalid(name, "is missing.");
}
