using System.Diagnostics;
using System.Security.Cryptography;
using MicroCreds.Ledger.Benchmarks.Reporting;
using MicroCreds.Ledger.Credentials;
using MicroCreds.Ledger.Keys;
using MicroCreds.Ledger.Keys.Pkcs11;

namespace MicroCreds.Ledger.Benchmarks.Measures;

/// <summary>
/// Signatures with a P-256 key in memory and with one in a token: the token that the gateway's own variables name, so
/// that an institution can measure its own. The key is made for it, under the label <c>microcreds-bench</c>.
/// </summary>
internal static class Signatures
{
    private const string Label = "microcreds-bench";
    private const int AtOnce = 8;

    public static async Task MeasureAsync(Bench bench)
    {
        using var file = IssuerPrivateKey.Generate();
        byte[] message = RandomNumberGenerator.GetBytes(64);
        int count = bench.Options.Count(10_000, 1_000);
        await MeasureAsync(bench, "a key in memory", count, async () => await file.SignAsync(message));
        if (Variable("MODULE") is not { } module || Variable("TOKEN") is not { } name
            || Variable("PIN_FILE") is not { } pinFile)
        {
            bench.Report.Skip(
                "signatures with a key in a token",
                "MICROCREDS_PKCS11_MODULE, MICROCREDS_PKCS11_TOKEN and MICROCREDS_PKCS11_PIN_FILE name the token");
            return;
        }

        await using var token = await Pkcs11Token.OpenAsync(
            new Pkcs11Options { Module = module, Token = name, PinFile = pinFile, MaxSessions = AtOnce },
            CancellationToken.None);
        var found = await token.ListAsync(Label, CancellationToken.None);
        var key = found.Count > 0
            ? found[0]
            : await token.CreateAsync(Label, KeyKind.P256, CancellationToken.None);
        byte[] digest = SHA256.HashData(message);
        await MeasureAsync(
            bench, "a key in the token", count, async () => await key.SignAsync(digest, CancellationToken.None));
    }

    private static async Task MeasureAsync(Bench bench, string what, int count, Func<Task> sign)
    {
        foreach (int atOnce in (int[])[1, AtOnce])
        {
            var rates = new List<double>();

            // The first round is not counted: code is still being compiled.
            for (int round = -1; round < bench.Options.Rounds; round++)
            {
                long begin = Stopwatch.GetTimestamp();
                await Task.WhenAll(Enumerable.Range(0, atOnce).Select(_ => Task.Run(async () =>
                {
                    for (int i = 0; i < count / atOnce; i++) await sign();
                })));
                if (round >= 0) rates.Add(count / Stopwatch.GetElapsedTime(begin).TotalSeconds);
            }

            bench.Report.Add(new Row
            {
                Name = $"signatures with {what}, {atOnce} at a time",
                Unit = "/s",
                Rounds = rates,
            });
        }
    }

    private static string? Variable(string name) =>
        Environment.GetEnvironmentVariable("MICROCREDS_PKCS11_" + name) is { Length: > 0 } value ? value : null;
}
