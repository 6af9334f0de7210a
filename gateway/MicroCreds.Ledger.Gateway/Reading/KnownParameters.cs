using System.Reflection;
using System.Runtime.CompilerServices;
using MicroCreds.Ledger.Gateway.Problems;
using MicroCreds.Ledger.Model;
using Microsoft.AspNetCore.Cors.Infrastructure;
using Microsoft.AspNetCore.Http.Metadata;

namespace MicroCreds.Ledger.Gateway.Reading;

/// <summary>
/// Refuses query parameters that an address does not know: who sends <c>?dryRun=true</c> to an address that has no dry
/// run must not find out by what it has done, nor who mistypes a filter by a list of everything. Pages take what links
/// have appended on their way, and so does what others' software fetches by an address that stands in a document.
/// </summary>
public static class KnownParameters
{
    private const string ApiPrefix = "/v1/";

    /// <summary>What of a list goes where a page of it ends.</summary>
    public static readonly IReadOnlyList<string> OfPages = ["pageSize", "after"];

    private static readonly ConditionalWeakTable<Endpoint, IReadOnlyList<string>> Known = [];

    /// <summary>Says which parameters a route takes.</summary>
    public static RouteHandlerBuilder TakesParameters(this RouteHandlerBuilder route, params string[] names) =>
        route.WithMetadata(new Names(names));

    /// <summary>What a route says that it takes, those of pages among it where it answers by pages.</summary>
    public static IReadOnlyList<string> DeclaredBy(IEnumerable<object> metadata)
    {
        var all = metadata.ToList();
        IReadOnlyList<string> named = all.OfType<Names>().LastOrDefault()?.All ?? [];
        return all.OfType<IProducesResponseTypeMetadata>().Any(one => IsPage(one.Type))
            ? [.. named.Union(OfPages)] : named;
    }

    /// <summary>Refuses the others.</summary>
    public static Task CheckAsync(HttpContext context, RequestDelegate next)
    {
        var request = context.Request;
        if (request.Query.Count > 0 && context.GetEndpoint() is RouteEndpoint endpoint)
        {
            var known = Known.GetValue(endpoint, KnownTo);
            if (request.Query.Keys.FirstOrDefault(name => !known.Contains(name, StringComparer.Ordinal)) is { } unknown
                && (IsWrite(request.Method) || IsQuestion(endpoint, known)))
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
            .Where(one => IsOfQuery(one.ParameterType) && !route.Contains(one.Name!))
            .Select(one => one.Name!) ?? [];
        return [.. DeclaredBy(endpoint.Metadata).Union(bound)];
    }

    private static bool IsOfQuery(Type type)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        return type.IsPrimitive || type.IsEnum || type == typeof(string) || type == typeof(DateTimeOffset);
    }

    /// <summary>
    /// Whether an address is asked by those who know it; else others' software fetches it, such as a status list, and
    /// may put something of its own behind it so that no old copy comes.
    /// </summary>
    private static bool IsQuestion(RouteEndpoint endpoint, IReadOnlyList<string> known) =>
        endpoint.RoutePattern.RawText?.StartsWith(ApiPrefix, StringComparison.Ordinal) == true
        && (known.Count > 0 || endpoint.RoutePattern.Parameters.Count == 0
            || endpoint.Metadata.GetMetadata<ICorsMetadata>() is null);

    private static bool IsPage(Type? type) => type is { IsGenericType: true }
        && type.GetGenericTypeDefinition() == typeof(Page<>);

    private static bool IsWrite(string method) =>
        HttpMethods.IsPost(method) || HttpMethods.IsPut(method) || HttpMethods.IsPatch(method)
        || HttpMethods.IsDelete(method);

    private sealed record Names(IReadOnlyList<string> All);
}
