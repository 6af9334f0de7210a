using MicroCreds.Ledger.Gateway.Access;
using MicroCreds.Ledger.Gateway.Auditing;
using MicroCreds.Ledger.Gateway.Configuration;
using MicroCreds.Ledger.Gateway.Description;
using MicroCreds.Ledger.Gateway.Problems;
using Microsoft.AspNetCore.Http.HttpResults;

namespace MicroCreds.Ledger.Gateway.Resources;

/// <summary>/v1/sign-in-links: a way into the pages on the gateway's own machine.</summary>
public static class SignInLinkResource
{
    public static void MapSignInLinks(this IEndpointRouteBuilder routes) =>
        routes.MapPost("/v1/sign-in-links", CreateAsync)
            .Audited("sign-in-link.make")
            .RequireAuthorization(GatewayRoles.Registrar)
            .WithTags("API keys")
            .WithSummary("Make a one-time link that signs a person in on the gateway's own machine")
            .WithDescription(
                "For the embedded network and for trying out: it works once, for 15 minutes, on loopback alone; and no "
                + "more once people sign in at the institution's own server (OidcAuthority).")
            .GivesProblems(401, 403, 409);

    private static async Task<Created<SignInLink>> CreateAsync(
        HttpContext context, SignIn signIn, SignInLinks links, PublicAddress address)
    {
        if (signIn.WhyNoLinks() is { } why)
            throw new ProblemException(ProblemKind.Conflict, $"There are no one-time links here. {why}");
        if (!SignIn.IsLocal(context))
        {
            throw new ProblemException(
                ProblemKind.Conflict, "One-time links are made on the gateway's own machine alone, without a proxy.");
        }

        if (Caller.Of(context.User) is not { Kind: CallerKind.Key or CallerKind.Link } caller)
            throw new ProblemException(ProblemKind.Conflict, "One-time links are made with an API key.");
        var (secret, expiresAt) = await links.CreateAsync(caller.Id);
        context.Response.Headers.CacheControl = "no-store";
        string url = $"{address.Url}/sign-in?link={secret}";
        return TypedResults.Created(url, new SignInLink(url, expiresAt));
    }

    /// <summary>A link that was made.</summary>
    /// <param name="Url">The link; whoever opens it first is a registrar.</param>
    /// <param name="ExpiresAt">Until when it can be opened.</param>
    public sealed record SignInLink(string Url, DateTimeOffset ExpiresAt);
}
