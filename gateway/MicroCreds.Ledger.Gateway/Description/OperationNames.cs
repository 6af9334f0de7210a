using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace MicroCreds.Ledger.Gateway.Description;

/// <summary>
/// Names every operation by its method and address, so that generated clients have the same names for ever:
/// <c>GET /v1/credentials</c> is <c>listCredentials</c>, <c>GET /v1/credentials/{id}</c> is <c>getCredentialsById</c>.
/// </summary>
public sealed class OperationNames : IOpenApiOperationTransformer
{
    private const string Version = "v1";

    // Words that end like a plural and are none.
    private static readonly string[] OfOne = ["status", "statistics", "analytics", "progress"];

    public Task TransformAsync(
        OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        operation.OperationId = Of(context.Description.HttpMethod!, context.Description.RelativePath!);
        return Task.CompletedTask;
    }

    /// <summary>The name of an operation.</summary>
    /// <param name="method">The method, in upper case.</param>
    /// <param name="path">The address, with its parameters in braces.</param>
    public static string Of(string method, string path)
    {
        ArgumentNullException.ThrowIfNull(method);
        ArgumentNullException.ThrowIfNull(path);
        var parts = path.Split('/', StringSplitOptions.RemoveEmptyEntries).Where(part => part != Version).ToList();
        var name = new StringBuilder(VerbOf(method, parts));
        foreach (string part in parts.Where(part => !part.StartsWith('{'))) AppendWords(name, part);
        var keys = parts.Where(part => part.StartsWith('{')).Select(part => part.Trim('{', '}')).ToList();
        if (keys.Count > 0) name.Append("By");
        foreach (string key in keys) AppendWords(name, key);
        return name.ToString();
    }

    private static string VerbOf(string method, List<string> parts) => method switch
    {
        "GET" when parts is [.., var last] && last.EndsWith('s') && !OfOne.Any(last.EndsWith) => "list",
        "POST" => "post",
        "PUT" => "put",
        "PATCH" => "change",
        "DELETE" => "delete",
        _ => "get",
    };

    private static void AppendWords(StringBuilder name, string part)
    {
        foreach (string word in part.Split(['-', '.', '_'], StringSplitOptions.RemoveEmptyEntries))
            name.Append(char.ToUpper(word[0], CultureInfo.InvariantCulture)).Append(word.AsSpan(1));
    }
}
