using MicroCreds.Ledger.Gateway.Access;
using MicroCreds.Ledger.Gateway.Auditing;
using MicroCreds.Ledger.Gateway.Description;
using MicroCreds.Ledger.Gateway.Problems;
using MicroCreds.Ledger.Gateway.Reading;
using MicroCreds.Ledger.Model;
using Microsoft.AspNetCore.Http.HttpResults;

namespace MicroCreds.Ledger.Gateway.Resources;

/// <summary>/v1/api-keys: who may do what at this gateway.</summary>
public static class ApiKeyResource
{
    private const int MaxNameLength = 100;

    public static void MapApiKeys(this IEndpointRouteBuilder routes)
    {
        var keys = routes.MapGroup("/v1/api-keys").WithTags("API keys").RequireAuthorization(GatewayRoles.Registrar);
        keys.MapPost("", CreateAsync)
            .Audited("api-key.make", "api-key")
            .WithSummary("Make an API key")
            .WithDescription("The key is in this answer and nowhere else: only its hash is kept.")
            .TakesJson<NewApiKey>(new NewApiKey { Name = "Student office", Roles = ["issuer"] })
            .GivesProblems(400, 401, 403, 409, 413, 415);
        keys.MapGet("", (ApiKeyRing ring) => TypedResults.Ok(new ApiKeyList(ring.List())))
            .Unaudited("It names programs and changes nothing.")
            .WithSummary("List the API keys")
            .GivesProblems(401, 403);
        keys.MapDelete("/{id}", RevokeAsync)
            .Audited("api-key.withdraw", "api-key")
            .WithSummary("Withdraw an API key, for good")
            .WithDescription(
                "It is refused here from now on. `withdrawalOnLedger` tells whether that is on the ledger, too: then "
                + "no older copy of this gateway's data, restored, takes the key again. If the ledger is out of reach, "
                + "it is sent on as soon as it is not; GET /v1/api-keys tells.")
            .GivesProblems(401, 403, 404, 503);
    }

    private static async Task<Created<CreatedApiKey>> CreateAsync(HttpRequest request, ApiKeyRing ring)
    {
        var made = await MakeAsync(await RequestBody.ReadAsync<NewApiKey>(request), ring);
        return TypedResults.Created($"/v1/api-keys/{made.Id}", made);
    }

    /// <summary>Makes a key.</summary>
    /// <exception cref="ProblemException">Its name or a role is none, or there are too many keys.</exception>
    internal static async Task<CreatedApiKey> MakeAsync(NewApiKey wanted, ApiKeyRing ring)
    {
        var faults = new List<FieldFault>();
        if (ValueRules.Text(wanted.Name, "/name", MaxNameLength) is { } fault)
            faults.Add(new FieldFault("/name", fault.Message));
        if (wanted.Roles.Count == 0 || wanted.Roles.Except(GatewayRoles.All).Any())
            faults.Add(new FieldFault("/roles", $"must name at least one of {string.Join(", ", GatewayRoles.All)}."));
        if (faults.Count > 0)
            throw ProblemException.Invalid(faults);
        if (ring.List().Count >= ApiKeyRing.MaxKeys)
            throw new ProblemException(ProblemKind.Conflict, $"There are {ApiKeyRing.MaxKeys} API keys already.");
        var (secret, key) = await ring.CreateAsync(wanted.Name, [.. wanted.Roles.Distinct()]);
        return new CreatedApiKey(key.Id, key.Name, key.Roles, secret);
    }

    private static async Task<Ok<ApiKey>> RevokeAsync(string id, ApiKeyWithdrawals withdrawals) =>
        TypedResults.Ok(await withdrawals.WithdrawAsync(id)
            ?? throw new ProblemException(ProblemKind.NotFound, "There is no API key of this id."));

    /// <summary>A key to be made.</summary>
    public sealed record NewApiKey
    {
        /// <summary>What to call it.</summary>
        public required string Name { get; init; }

        /// <summary>What it may do: <c>reader</c>, <c>issuer</c>, <c>registrar</c>, <c>approver</c>,
        /// <c>auditor</c>.</summary>
        public required IReadOnlyList<string> Roles { get; init; }
    }

    /// <summary>A key that was made.</summary>
    /// <param name="Id">Names the key; not secret.</param>
    /// <param name="Name">What it is called.</param>
    /// <param name="Roles">What it may do.</param>
    /// <param name="Key">The key itself, shown this once.</param>
    public sealed record CreatedApiKey(string Id, string Name, IReadOnlyList<string> Roles, string Key);

    /// <summary>All keys.</summary>
    /// <param name="Items">Oldest first.</param>
    public sealed record ApiKeyList(IReadOnlyList<ApiKey> Items);
}
