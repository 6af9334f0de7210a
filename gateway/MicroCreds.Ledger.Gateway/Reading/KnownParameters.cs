using System.Reflection;
using System.Runtime.CompilerServices;
using MicroCreds.Ledger.Gateway.Problems;
using MicroCreds.Ledger.Gateway.Resources;
using MicroCreds.Ledger.Model;
using Microsoft.AspNetCore.Http.Metadata;

namespace MicroCreds.Ledger.Gateway.Reading;

/// <summary>
/// Refuses query parameters that an address does not know: who sends <c>?dryRun=true</c> to a write that has no dry run
/// must not find out by what it has done, and who misspells what a list is narrowed by must not take all of it for what
/// was asked. It holds for every write, and for what is read of <c>/v1</c>. Pages, and what standards have others ask,
/// are read with whatever came along: mail programs and wallets add their own.
/// </summary>
public static class KnownParameters
{
    private const string Api = "/v1/";

    private static readonly ConditionalWeakTable<Endpoint, IReadOnlyList<string>> Known = [];

    /// <summary>Says which parameters a route takes, besides those of a page where it answers with pages.</summary>
    public static RouteHandlerBuilder TakesParameters(this RouteHandlerBuilder route, params string[] names) =>
        route.WithMetadata(new Names(names));

    /// <summary>
    /// Says that a route of <c>/v1</c> is named in credentials or identity documents, so that software asks it that
    /// knows nothing of this gateway: what that adds to the address is no slip.
    /// </summary>
    public static RouteHandlerBuilder IsAskedByStandards(this RouteHandlerBuilder route) =>
        route.WithMetadata(new AskedByStandards());

    /// <summary>What a route says that it takes.</summary>
    public static IReadOnlyList<string> DeclaredBy(IReadOnlyList<object> metadata)
    {
        var names = metadata.OfType<Names>().LastOrDefault()?.All ?? [];
        return metadata.OfType<IProducesResponseTypeMetadata>().Any(one => IsPage(one.Type))
            ? [.. names.Union(PageRequest.Parameters)]
            : names;
    }

    /// <summary>Whether a route refuses what it does not know.</summary>
    /// <param name="method">The method by which it is asked.</param>
    /// <param name="pattern">Its pattern, from a slash on.</param>
    /// <param name="metadata">What it says of itself.</param>
    public static bool IsRuleAt(string method, string? pattern, IEnumerable<object> metadata) =>
        IsWrite(method)
        || (HttpMethods.IsGet(method) && pattern?.StartsWith(Api, StringComparison.Ordinal) == true
            && !metadata.OfType<AskedByStandards>().Any());

    /// <summary>Refuses the others.</summary>
    public static Task CheckAsync(HttpContext context, RequestDelegate next)
    {
        var request = context.Request;
        if (request.Query.Count > 0 && context.GetEndpoint() is { } endpoint
            && IsRuleAt(request.Method, (endpoint as RouteEndpoint)?.RoutePattern.RawText, endpoint.Metadata))
        {
            var known = Known.GetValue(endpoint, KnownTo);
            if (request.Query.Keys.FirstOrDefault(name => !known.Contains(name, StringComparer.Ordinal)) is { } unknown)
            {
                throw ProblemException.Invalid(
                    unknown, "is no parameter of this address: "
                    + (known.Count == 0 ? "it takes none." : $"it takes {string.Join(", ", known)}."));
            }
        }

        return next(context);
    }

    /// <summary>What a route says that it takes, and what its handler takes from the query by itself.</summary>
    private static IReadOnlyList<string> KnownTo(Endpoint endpoint)
    {
        var route = (endpoint as RouteEndpoint)?.RoutePattern.Parameters.Select(one => one.Name).ToHashSet() ?? [];
        var bound = endpoint.Metadata.GetMetadata<MethodInfo>()?.GetParameters()
            .Where(one => one.ParameterType == typeof(string) && !route.Contains(one.Name!))
            .Select(one => one.Name!) ?? [];
        return [.. DeclaredBy(endpoint.Metadata), .. bound];
    }

    private static bool IsPage(Type? type) => type is { IsGenericType: true }
        && type.GetGenericTypeDefinition() == typeof(Page<>);

    private static bool IsWrite(string method) =>
        HttpMethods.IsPost(method) || HttpMethods.IsPut(method) || HttpMethods.IsPatch(method)
        || HttpMethods.IsDelete(method);

    private sealed record Names(IReadOnlyList<string> All);

    private sealed record AskedByStandards;
}
