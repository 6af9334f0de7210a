using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace MicroCreds.Ledger.Operator;

/// <summary>Has gateways make one-time links that sign a person in on this machine.</summary>
internal static class SignInLink
{
    private static readonly TimeSpan CallTimeout = TimeSpan.FromSeconds(10);

    /// <summary>Prints a new link for each institution, or for one.</summary>
    public static async Task<int> RunAsync(IReadOnlyList<string> args, CancellationToken cancellation)
    {
        var options = StateOption.Parse("sign-in", args, "--institution");
        var network = NetworkFile.TryRead(options["--state"])
            ?? throw new OperatorException($"Nothing was started in {options["--state"]}: scripts/up.sh does.");
        string? wanted = options.GetValueOrDefault("--institution");
        var institutions = network.Institutions.Where(one => wanted is null || one.MspId == wanted).ToList();
        if (institutions.Count == 0)
        {
            throw new OperatorException($"There is no institution {wanted} here; there are: "
                + string.Join(", ", network.Institutions.Select(one => one.MspId)) + ".");
        }

        foreach (var institution in institutions)
        {
            var (url, why) = await MakeAsync(institution, cancellation);
            Console.WriteLine($"{institution.Name}: {url ?? why}");
        }

        return 0;
    }

    /// <summary>Makes a link; none where the gateway makes none, for instance in a container.</summary>
    public static async Task<(string? Url, string? Why)> MakeAsync(
        InstitutionEntry institution, CancellationToken cancellation)
    {
        using var http = new HttpClient { BaseAddress = new Uri(institution.GatewayUrl), Timeout = CallTimeout };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", institution.ApiKey);
        try
        {
            using var answer = await http.PostAsync("/v1/sign-in-links", content: null, cancellation);
            var body = await answer.Content.ReadFromJsonAsync<JsonObject>(cancellation);
            return answer.IsSuccessStatusCode ? ((string?)body!["url"], null) : (null, (string?)body!["detail"]);
        }
        catch (Exception exception) when (exception is HttpRequestException or System.Text.Json.JsonException
            or TaskCanceledException && !cancellation.IsCancellationRequested)
        {
            return (null, $"the gateway at {institution.GatewayUrl} makes no link: {exception.Message}");
        }
    }
}
