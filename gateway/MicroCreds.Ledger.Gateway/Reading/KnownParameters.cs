using System.Reflection;
using System.Runtime.CompilerServices;
using MicroCreds.Ledger.Gateway.Problems;

namespace MicroCreds.Ledger.Gateway.Reading;

/// <summary>
/// Refuses query parameters that a write does not know: who sends <c>?dryRun=true</c> to an address that has no dry run
/// must not find out by what it has done. Of readings it refuses none, since nothing happens.
/// </summary>
public static class KnownParameters
{
    private static readonly ConditionalWeakTable<Endpoint, IReadOnlyList<string>> Known = [];

    /// <summary>Says which parameters a route takes.</summary>
    public static RouteHandlerBuilder TakesParameters(this RouteHandlerBuilder route, params string[] names) =>
        route.WithMetadata(new Names(names));

    /// <summary>What a route says that it takes.</summary>
    public static IReadOnlyList<string> DeclaredBy(IEnumerable<object> metadata) =>
        metadata.OfType<Names>().LastOrDefault()?.All ?? [];

    /// <summary>Refuses the others.</summary>
    public static Task CheckAsync(HttpContext context, RequestDelegate next)
    {
        var request = context.Request;
        if (request.Query.Count > 0 && IsWrite(request.Method) && context.GetEndpoint() is { } endpoint)
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

    private static bool IsWrite(string method) =>
        HttpMethods.IsPost(method) || HttpMethods.IsPut(method) || HttpMethods.IsPatch(method)
        || HttpMethods.IsDelete(method);

    private sealed record Names(IReadOnlyList<string> All);
}
