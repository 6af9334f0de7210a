using System.CommandLine;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using MicroCreds.Ledger.CommandLine.Reporting;

namespace MicroCreds.Ledger.CommandLine.Commands;

/// <summary>microcreds issue: one credential by options, or many by a file.</summary>
internal static class IssueCommand
{
    private const string Ndjson = "application/x-ndjson";

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    public static Command Create()
    {
        var achievement = new Option<string?>("--achievement")
        {
            Description = "What is awarded: an achievement's id, or id@version.",
        };
        var name = new Option<string?>("--name") { Description = "The learner's name." };
        var email = new Option<string?>("--email") { Description = "The learner's e-mail; only its hash is written." };
        var validUntil = new Option<string?>("--valid-until") { Description = "Until when it is valid, with a zone." };
        var holderKey = new Option<FileInfo?>("--holder-key")
        {
            Description = "The file with the public JSON Web Key of the learner's wallet, to bind the credential to.",
            HelpName = "file",
        };
        var rows = new Option<FileInfo?>("--rows")
        {
            Description = "Issue many: a file with a JSON list of requests, or one request a line (.ndjson).",
            HelpName = "file",
        };
        var output = new Option<string?>("--out")
        {
            Description = "The file for the credential, or the folder for the credentials of --rows, which is needed "
                + "there. Default is standard output.",
            HelpName = "path",
        };
        var isDry = new Option<bool>("--dry-run")
        {
            Description = "Only tell what it would lead to, row by row; nothing is issued, and --out is not needed.",
        };
        var json = JsonOption.Create();
        var access = new GatewayAccess();
        var command = new Command(
            "issue",
            "Issues one credential, or with --rows many at once. The same command run again finds the same "
            + "credentials and issues nothing twice.")
        {
            achievement, name, email, validUntil, holderKey, rows, output, isDry, json,
        };
        access.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            string? path = parsed.GetValue(output);
            if (parsed.GetValue(rows) is { } file)
            {
                using var forMany = access.OpenWithKey(parsed);
                if (parsed.GetValue(isDry))
                    return await DryRunCommand.LookAsync(forMany, file, parsed.GetValue(json), cancellationToken);
                return await IssueManyAsync(
                    forMany, file, path ?? throw new CommandException(
                        ExitCodes.Usage, "--rows needs --out: the folder for the credentials."),
                    parsed.GetValue(json), cancellationToken);
            }

            var request = RequestOf(
                parsed.GetValue(achievement), parsed.GetValue(name), parsed.GetValue(email),
                parsed.GetValue(validUntil), parsed.GetValue(holderKey));
            if (path is not null) OutputFile.RequireWritable(path);
            using var gateway = access.OpenWithKey(parsed);
            if (parsed.GetValue(isDry))
                return await DryRunCommand.LookAsync(gateway, request, parsed.GetValue(json), cancellationToken);
            return await IssueOneAsync(gateway, request, path, parsed.GetValue(json), cancellationToken);
        });
        return command;
    }

    private static JsonObject RequestOf(
        string? achievement, string? name, string? email, string? validUntil, FileInfo? holderKey)
    {
        if (achievement is null || name is null)
        {
            throw new CommandException(
                ExitCodes.Usage, "Name what is awarded and to whom: --achievement and --name, or a file with --rows.");
        }

        var recipient = new JsonObject { ["name"] = name };
        if (email is not null) recipient["email"] = email;
        if (holderKey is not null) recipient["key"] = ReadKey(holderKey);
        var request = new JsonObject { ["achievement"] = achievement, ["recipient"] = recipient };
        if (validUntil is not null) request["validUntil"] = validUntil;
        return request;
    }

    private static JsonNode? ReadKey(FileInfo file)
    {
        if (!file.Exists)
            throw new CommandException(ExitCodes.NoInput, $"--holder-key: there is no file {file.FullName}.");
        try
        {
            return JsonNode.Parse(File.ReadAllBytes(file.FullName));
        }
        catch (JsonException)
        {
            throw new CommandException(ExitCodes.BadData, $"--holder-key {file.FullName} holds no JSON Web Key.");
        }
    }

    private static async Task<int> IssueOneAsync(
        HttpClient gateway, JsonObject request, string? path, bool asJson, CancellationToken cancellationToken)
    {
        using var answer = await gateway.PostAsJsonAsync("v1/credentials", request, cancellationToken);
        await GatewayAccess.RequireSuccessAsync(answer, cancellationToken);
        if (IsHeld(answer)) return SayThatItWaits(answer, asJson);
        byte[] document = await answer.Content.ReadAsByteArrayAsync(cancellationToken);
        if (path is null)
        {
            using var console = Console.OpenStandardOutput();
            await console.WriteAsync(document, cancellationToken);
            return ExitCodes.Success;
        }

        await File.WriteAllBytesAsync(path, document, cancellationToken);
        Say(asJson, IdOf(document), path);
        return ExitCodes.Success;
    }

    private static async Task<int> IssueManyAsync(
        HttpClient gateway, FileInfo file, string folder, bool asJson, CancellationToken cancellationToken)
    {
        using var content = RowsOf(file);
        OutputFile.CreateFolder(folder);
        using var accepted = await gateway.PostAsync("v1/batches", content, cancellationToken);
        await GatewayAccess.RequireSuccessAsync(accepted, cancellationToken);
        if (IsHeld(accepted)) return SayThatItWaits(accepted, asJson);
        string batch = accepted.Headers.Location!.OriginalString.TrimStart('/');
        var state = await GatewayAccess.ReadObjectAsync(accepted, cancellationToken);
        int size = (int)state["size"]!;
        await ProgressBar.RunAsync("Issuing", size, report => WaitAsync(gateway, batch, report, cancellationToken));

        using var request = new HttpRequestMessage(HttpMethod.Get, $"{batch}/credentials");
        request.Headers.Accept.ParseAdd(Ndjson);
        using var answer = await gateway.SendAsync(
            request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        await GatewayAccess.RequireSuccessAsync(answer, cancellationToken);
        using var lines = new StreamReader(await answer.Content.ReadAsStreamAsync(cancellationToken));
        int written = 0;
        while (await lines.ReadLineAsync(cancellationToken) is { } line)
        {
            string id = IdOf(System.Text.Encoding.UTF8.GetBytes(line));
            string path = Path.Combine(folder, Path.GetFileName(id.Replace("urn:uuid:", "", StringComparison.Ordinal)))
                + ".json";
            await File.WriteAllTextAsync(path, line, cancellationToken);
            Say(asJson, id, path);
            written++;
        }

        return written == size
            ? ExitCodes.Success
            : throw new CommandException(
                ExitCodes.Unavailable, $"{written} of {size} credentials arrived: run the same command again.");
    }

    /// <summary>Opens a file of rows, to be sent.</summary>
    /// <exception cref="CommandException">There is none.</exception>
    internal static StreamContent RowsOf(FileInfo file)
    {
        if (!file.Exists)
            throw new CommandException(ExitCodes.NoInput, $"--rows: there is no file {file.FullName}.");
        var content = new StreamContent(file.OpenRead());
        content.Headers.ContentType = new MediaTypeHeaderValue(
            file.Extension == ".ndjson" ? Ndjson : "application/json");
        return content;
    }

    /// <summary>Whether the institution asks for a second pair of eyes, or the day is to come.</summary>
    private static bool IsHeld(HttpResponseMessage answer) => answer.StatusCode == HttpStatusCode.Accepted
        && answer.Headers.Location?.OriginalString.Contains("/issuing-requests/", StringComparison.Ordinal) == true;

    private static int SayThatItWaits(HttpResponseMessage answer, bool asJson)
    {
        string address = answer.Headers.Location!.OriginalString;
        Console.Out.WriteLine(asJson
            ? new JsonObject { ["waits"] = address }.ToJsonString()
            : $"waits          {address}: another person has to approve it, or its day comes; then run this again");
        return ExitCodes.Waits;
    }

    private static async Task WaitAsync(
        HttpClient gateway, string batch, Action<int> report, CancellationToken cancellationToken)
    {
        while (true)
        {
            using var answer = await gateway.GetAsync(batch, cancellationToken);
            await GatewayAccess.RequireSuccessAsync(answer, cancellationToken);
            var state = await GatewayAccess.ReadObjectAsync(answer, cancellationToken);
            report((int?)state["built"] ?? 0);
            switch ((string?)state["state"])
            {
                case "issued":
                    return;
                case "refused":
                    throw new CommandException(
                        ExitCodes.BadData, $"The ledger refused the batch: {state["errors"]?[0]?["reason"]}");
            }

            await Task.Delay(Pause, cancellationToken);
        }
    }

    private static string IdOf(byte[] document)
    {
        using var json = JsonDocument.Parse(document);
        return json.RootElement.GetProperty("id").GetString()!;
    }

    private static void Say(bool asJson, string id, string path) => Console.Out.WriteLine(asJson
        ? new JsonObject { ["id"] = id, ["file"] = path }.ToJsonString()
        : $"issued         {id}: {path}");
}
