using System.Text;
using System.Text.Json.Nodes;
using MicroCreds.Ledger.Credentials.Federating;
using MicroCreds.Ledger.Credentials.Fetching;
using MicroCreds.Ledger.Gateway.Access;
using MicroCreds.Ledger.Gateway.Asking;
using MicroCreds.Ledger.Gateway.Configuration;
using MicroCreds.Ledger.Gateway.Pages;
using MicroCreds.Ledger.Gateway.Protecting;
using MicroCreds.Ledger.Gateway.Wallets.Offering;
using Microsoft.AspNetCore.Http.HttpResults;

namespace MicroCreds.Ledger.Gateway.Federating;

/// <summary>
/// What verifiers outside ask by OpenID Federation 1.0: its own protocol, with its own errors, which the entity
/// configuration describes and not our OpenAPI.
/// </summary>
internal static partial class FederationRoutes
{
    private const string NotFound = "not_found";

    /// <summary>The most parts of the path that a DID may have.</summary>
    private const int MaxPathDepth = 4;

    // What every member is by the ledger, and what most members are and only their own configuration says.
    private static readonly string[] EntityTypes =
        ["federation_entity", "jwt_vc_issuer", "openid_credential_issuer", "oauth_authorization_server"];

    private static readonly string[] MediaTypes = [FederationToken.MediaTypeOf(FederationToken.Statement)];

    public static void MapFederation(this IEndpointRouteBuilder routes)
    {
        var spoken = routes.MapGroup("").AddEndpointFilter(ProtocolFault.AnswerAsync);
        spoken.MapGet(FederationAddresses.Configuration, (HttpContext context, EntityStatements statements) =>
            GiveAsync(statements.ConfigurationAsync(context.RequestAborted), FederationToken.Statement)).IsOpen();

        // An entity's configuration lies below its identifier: of did:web:host:path at https://host/path/.well-known/…
        // The path may have several parts, and a route takes any number of them at its end alone.
        string parts = "";
        for (int depth = 1; depth <= MaxPathDepth; depth++)
        {
            parts += $"/{{part{depth}}}";
            spoken.MapGet(parts + FederationAddresses.Configuration, ConfigurationBelowAsync).IsOpen();
        }

        spoken.MapGet(FederationAddresses.Fetch, FetchAsync).IsOpen();
        spoken.MapGet(FederationAddresses.List, List).IsOpen();
        spoken.MapGet(FederationAddresses.Resolve, ResolveAsync).IsOpen();
        spoken.MapGet(FederationAddresses.TrustMark, TrustMarkAsync).IsOpen();
    }

    private static void IsOpen(this RouteHandlerBuilder route) =>
        route.Costs(RouteCost.Dear).ReadableFromAnywhere().ExcludeFromDescription();

    private static Task<FileContentHttpResult> ConfigurationBelowAsync(
        HttpContext context, FederationMembers members, EntityStatements statements, GatewayServiceOptions options) =>
        members.Own is { } own
        && new Uri(own.Entity).AbsolutePath.TrimEnd('/') + FederationAddresses.Configuration is { } place
        && (place == context.Request.Path.ToUriComponent()
            || place == PublicPath.Of(options) + context.Request.Path.ToUriComponent())
            ? GiveAsync(statements.ConfigurationAsync(context.RequestAborted), FederationToken.Statement)
            : throw Missing("No entity of a federation lies here.");

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
            || (request.Query["entity_type"] is { Count: > 0 } types && !types.Any(EntityTypes.Contains));
        var list = new JsonArray();
        foreach (var member in isEmpty ? [] : members.Others) list.Add((JsonNode)member.Entity);
        return TypedResults.Bytes(Encoding.UTF8.GetBytes(list.ToJsonString()), "application/json");
    }

    private static async Task<FileContentHttpResult> ResolveAsync(
        HttpContext context, FederationMembers members, EntityStatements statements, MemberGateways gateways,
        MemberFetcher fetcher, ILogger<EntityStatements> logger)
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
                    ProtocolFault.Busy, "Too many are resolved now: ask again in a moment.",
                    StatusCodes.Status503ServiceUnavailable);
            return await GiveAsync(
                statements.ResolveAsync(
                    member, configuration, [.. context.Request.Query["entity_type"].OfType<string>()],
                    context.RequestAborted),
                FederationToken.Resolved);
        }
        catch (Exception fault) when (fault is FetchException or FormatException)
        {
            // Where a member's gateway is, and what answers there, is not for strangers to know.
            LogNotHad(logger, fault, member.Institution.MspId);
            throw new ProtocolFault(
                "invalid_trust_chain",
                $"The configuration of {subject} cannot be had, or is not signed with a key that the ledger has for "
                + "it.");
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

    [LoggerMessage(Level = LogLevel.Warning, Message = "The configuration of {Member} as an entity cannot be had")]
    private static partial void LogNotHad(ILogger logger, Exception exception, string member);

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
