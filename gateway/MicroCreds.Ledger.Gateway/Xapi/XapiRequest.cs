using MicroCreds.Ledger.Gateway.Problems;
using MicroCreds.Ledger.Gateway.Reading;
using Microsoft.AspNetCore.WebUtilities;

namespace MicroCreds.Ledger.Gateway.Xapi;

/// <summary>
/// A request as xAPI means it: as it came, or unfolded from a form (xAPI 1.0.3, part three, 1.3), which browsers send
/// that have no other methods or headers.
/// </summary>
internal sealed class XapiRequest
{
    /// <summary>The parameter that says that the request is folded into a form.</summary>
    public const string MethodParameter = "method";

    /// <summary>The header that names the version.</summary>
    public const string VersionHeader = "X-Experience-API-Version";

    private const string Form = "application/x-www-form-urlencoded";
    private const string Content = "content";

    private static readonly string[] FormHeaders =
    [
        "Authorization", VersionHeader, "Content-Type", "Content-Length", "If-Match", "If-None-Match", "Accept",
        "Accept-Language",
    ];

    private readonly IReadOnlyDictionary<string, string> _headers;

    private XapiRequest(
        string method, Dictionary<string, string> query, IReadOnlyDictionary<string, string> headers, byte[] body,
        HttpContext context)
    {
        (Method, Query, _headers, Body, Context) = (method, query, headers, body, context);
    }

    /// <summary>The method.</summary>
    public string Method { get; }

    /// <summary>The parameters.</summary>
    public IReadOnlyDictionary<string, string> Query { get; }

    /// <summary>The body.</summary>
    public byte[] Body { get; }

    /// <summary>The request as it came.</summary>
    public HttpContext Context { get; }

    /// <summary>The body's media type, with its parameters.</summary>
    public string ContentType => Header("Content-Type") ?? "";

    /// <summary>A header; null if it was not sent.</summary>
    public string? Header(string name) => _headers.GetValueOrDefault(name);

    /// <summary>A parameter; null if it was not sent.</summary>
    public string? Parameter(string name) => Query.GetValueOrDefault(name);

    /// <summary>Reads a request.</summary>
    /// <exception cref="ProblemException">A folded one does not keep to its form.</exception>
    public static async Task<XapiRequest> ReadAsync(HttpContext context)
    {
        var request = context.Request;
        byte[] body = await RequestBody.ReadBytesAsync(request, RequestBody.MaxBytes);
        var query = request.Query.ToDictionary(one => one.Key, one => one.Value.ToString(), StringComparer.Ordinal);
        if (query.TryGetValue(MethodParameter, out string? method)) return Unfold(context, method, query, body);
        var headers = request.Headers.ToDictionary(
            one => one.Key, one => one.Value.ToString(), StringComparer.OrdinalIgnoreCase);
        return new XapiRequest(request.Method, query, headers, body, context);
    }

    /// <summary>Refuses parameters that are not known.</summary>
    public void Know(params ReadOnlySpan<string> names)
    {
        foreach (string name in Query.Keys)
        {
            if (!names.Contains(name))
            {
                throw ProblemException.Invalid(
                    name, $"is no parameter of this address: it takes {string.Join(", ", names.ToArray())}.");
            }
        }
    }

    private static XapiRequest Unfold(
        HttpContext context, string method, Dictionary<string, string> query, byte[] body)
    {
        if (!HttpMethods.IsPost(context.Request.Method) || query.Count > 1)
        {
            throw ProblemException.Invalid(
                MethodParameter, "folds a request into the form of a POST, and no other parameter stands beside it.");
        }

        if (method is not ("GET" or "HEAD" or "PUT" or "POST" or "DELETE"))
            throw ProblemException.Invalid(MethodParameter, "must be GET, HEAD, PUT, POST or DELETE.");
        if (context.Request.ContentType?.StartsWith(Form, StringComparison.OrdinalIgnoreCase) != true)
            throw ProblemException.Invalid("Content-Type", $"must be {Form}, since the request is folded into a form.");
        var fields = QueryHelpers.ParseQuery(System.Text.Encoding.UTF8.GetString(body));
        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        var parameters = new Dictionary<string, string>(StringComparer.Ordinal);
        if (context.Request.Headers.Authorization.ToString() is { Length: > 0 } sent) headers["Authorization"] = sent;
        if (context.Request.Headers[VersionHeader].ToString() is { Length: > 0 } version)
            headers[VersionHeader] = version;
        foreach (var (name, value) in fields)
        {
            if (FormHeaders.Contains(name, StringComparer.OrdinalIgnoreCase))
                headers[name] = value.ToString();
            else if (name != Content)
                parameters[name] = value.ToString();
        }

        bool hasContent = fields.TryGetValue(Content, out var content);
        if (!hasContent && (method is "PUT" or "POST"))
            throw ProblemException.Invalid(Content, "is missing: it is the folded request's body.");
        headers.TryAdd("Content-Type", "application/json");
        byte[] inner = System.Text.Encoding.UTF8.GetBytes(content.ToString());
        return new XapiRequest(method == "HEAD" ? "GET" : method, parameters, headers, inner, context);
    }
}
