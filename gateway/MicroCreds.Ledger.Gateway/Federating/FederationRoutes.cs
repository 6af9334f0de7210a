using System.Text;
using System.Text.Json.Nodes;
using MicroCreds.Ledger.Credentials.Federating;
using MicroCreds.Ledger.Credentials.Fetching;
using MicroCreds.Ledger.Gateway.Access;
using MicroCreds.Ledger.Gateway.Asking;
using MicroCreds.Ledger.Gateway.Protecting;
using MicroCreds.Ledger.Gateway.Wallets.Offering;
using Microsoft.AspNetCore.Http.HttpResults;

namespace MicroCreds.Ledger.Gateway.Federating;

/// <summary>
/// What verifiers outside ask by OpenID Federation 1.0: its own protocol, with its own errors, which the entity
/// configuration describes and not our OpenAPI.
/// </summary>
internal static class FederationRoutes
{
    private const string NotFound = "not_found";
    private const string Unavailable = "temporarily_unavailable";
    private static readonly string[] MediaTypes = [FederationToken.MediaTypeOf(FederationToken.Statement)];

    public static void MapFederation(this IEndpointRouteBuilder routes)
    {
        var spoken = routes.MapGroup("").AddEndpointFilter(ProtocolFault.AnswerAsync);
        spoken.MapGet(FederationAddresses.Configuration, (HttpContext context, EntityStatements statements) =>
            GiveAsync(statements.ConfigurationAsync(context.RequestAborted), FederationToken.Statement)).IsOpen();

        // An entity's configuration lies below its identifier: of did:web:host:path at https://host/path/.well-known/…
        spoken.MapGet("/{path}" + FederationAddresses.Configuration, (
            string path, HttpContext context, FederationMembers members, EntityStatements statements) =>
            members.Own is { } own && new Uri(own.Entity).AbsolutePath.Trim('/') == path
                ? GiveAsync(statements.ConfigurationAsync(context.RequestAborted), FederationToken.Statement)
                : throw Missing("No entity of a federation lies here.")).IsOpen();
        spoken.MapGet(FederationAddresses.Fetch, FetchAsync).IsOpen();
        spoken.MapGet(FederationAddresses.List, List).IsOpen();
        spoken.MapGet(FederationAddresses.Resolve, ResolveAsync).IsOpen();
        spoken.MapGet(FederationAddresses.TrustMark, TrustMarkAsync).IsOpen();
    }

    private static void IsOpen(this RouteHandlerBuilder route) =>
        route.Costs(RouteCost.Dear).ReadableFromAnywhere().ExcludeFromDescription();

    private static Task<FileContentHttpResult> FetchAsync(
        HttpContext context, FederationMembers members, EntityStatements statements)
    {
        var member = Find(members, Require(context.Request, "sub"));
        return GiveAsync(
            statements.SubordinateAsync(member, context.RequestAborted), FederationToken.Statement);
    }

    // Whoever filters by something that is not known here must not take the whole list for the answer.
    private static FileContentHttpResult List(HttpRequest request, FederationMembers members)
    {
        foreach (string name in request.Query.Keys)
        {
            if (name is not ("entity_type" or "intermediate"))
            {
                throw new ProtocolFault(
                    "unsupported_parameter", $"The list cannot be narrowed by {name}: by entity_type or intermediate.");
            }
        }

        bool isEmpty = !members.MayVouch || request.Query["intermediate"] == "true"
            || request.Query["entity_type"].Any(type => type is not ("federation_entity" or "jwt_vc_issuer"));
        var list = new JsonArray();
        foreach (var member in isEmpty ? [] : members.Others) list.Add((JsonNode)member.Entity);
        return TypedResults.Bytes(Encoding.UTF8.GetBytes(list.ToJsonString()), "application/json");
    }

    private static async Task<FileContentHttpResult> ResolveAsync(
        HttpContext context, FederationMembers members, EntityStatements statements, MemberGateways gateways,
        MemberFetcher fetcher)
    {
        string subject = Require(context.Request, "sub");
        Require(context.Request, "trust_anchor");
        if (members.Own is not { } own || !context.Request.Query["trust_anchor"].Contains(own.Entity))
        {
            throw new ProtocolFault(
                "invalid_trust_anchor", "Here it is resolved with this gateway's institution as trust anchor alone.",
                StatusCodes.Status404NotFound);
        }

        var member = Find(members, subject);
        var (place, isNamed) = member.AddressOf(gateways, FederationAddresses.Configuration);
        try
        {
            byte[] configuration = await fetcher.FetchAsync(
                place, isNamed, MediaTypes, context.RequestAborted) ?? throw new ProtocolFault(
                    Unavailable, "Too many are resolved now: ask again in a moment.",
                    StatusCodes.Status503ServiceUnavailable);
            return await GiveAsync(
                statements.ResolveAsync(member, configuration, context.RequestAborted), FederationToken.Resolved);
        }
        catch (Exception fault) when (fault is FetchException or FormatException)
        {
            throw new ProtocolFault(
                "invalid_trust_chain", $"The configuration of {subject} cannot be had. {fault.Message}");
        }
    }

    private static async Task<FileContentHttpResult> TrustMarkAsync(
        HttpContext context, FederationMembers members, EntityStatements statements)
    {
        var member = Find(members, Require(context.Request, "sub"));
        string mark = Require(context.Request, "trust_mark_type");
        if (!FederationAddresses.Marks.Contains(mark))
            throw Missing($"There are the marks {string.Join(" and ", FederationAddresses.Marks)} alone.");
        byte[] token = await statements.TrustMarkAsync(mark, member, context.RequestAborted)
            ?? throw Missing("By the ledger it does not have this mark now.");
        return Give(token, FederationToken.TrustMark);
    }

    private static FederationMember Find(FederationMembers members, string entity) => members.Find(entity)
        ?? throw Missing("No other member of this consortium has this entity identifier now.");

    private static string Require(HttpRequest request, string name) =>
        request.Query[name] is [{ Length: > 0 } value, ..]
            ? value
            : throw new ProtocolFault(ProtocolFault.InvalidRequest, $"The parameter {name} is missing.");

    private static ProtocolFault Missing(string why) => new(NotFound, why, StatusCodes.Status404NotFound);

    private static async Task<FileContentHttpResult> GiveAsync(ValueTask<byte[]> token, string type) =>
        Give(await token, type);

    private static FileContentHttpResult Give(byte[] token, string type) =>
        TypedResults.Bytes(token, FederationToken.MediaTypeOf(type));
}
