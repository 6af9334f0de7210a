using System.Data.Common;
using MicroCreds.Ledger.Store;
using MicroCreds.Ledger.Tests.EndToEnd;
using MicroCreds.Ledger.Tests.Ledger.CommandLine;
using MicroCreds.Ledger.Tests.Ledger.Store;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Gateway;

/// <summary>A store with real credentials, whole and damaged.</summary>
public sealed class StoreCheckTests(GatewaysFixture gateways) : IClassFixture<GatewaysFixture>
{
    private static readonly (string Damage, string Fault)[] Damages =
    [
        ("UPDATE credential SET leaf = 3 WHERE row = 2", "is kept as leaf 3 of 3"),
        ("UPDATE credential SET leaf = (leaf + 1) % 3 WHERE row > 1", "does not lead to its root"),
        ("UPDATE credential SET document = (SELECT document FROM credential WHERE row = 3) WHERE row = 2",
            "says that it is "),
        ("UPDATE credential SET issuance = 999 WHERE row = 3", "is of issuance 999, which there is not"),
        ("UPDATE credential SET row = 2 WHERE row = 3", "has two documents"),
        ("UPDATE issuance SET root = 'x' WHERE kind = 'batch'", "and its statement says"),
        ("UPDATE issuance SET size = 2 WHERE kind = 'batch'", "is of 2 credentials and has 3 documents"),
        ("UPDATE issuance SET statement = NULL WHERE kind = 'batch'", "has no statement that can be read"),
        ("UPDATE issuance SET statement = '{' WHERE kind = 'batch'", "has a statement that cannot be read"),
        ("UPDATE issuance SET state = 'lost' WHERE kind = 'batch'", "which there is not"),
        ("UPDATE issuance SET statement = (SELECT statement FROM issuance WHERE kind = 'batch')",
            "have positions in common"),
        ("DELETE FROM issuance WHERE kind = 'batch'", "awarded, which there is not"),
        ("DELETE FROM template", "is gone, which documents are made of"),
        ("UPDATE template SET hash = (SELECT body_hash FROM issuance WHERE kind = 'batch')", "was altered"),
        ("DELETE FROM tree_piece", "does not lead to its root"),
        ("UPDATE credential SET document = (SELECT body_hash FROM issuance WHERE kind = 'batch') WHERE row = 2",
            "cannot be read"),
    ];

    [Fact]
    public async Task Check_OfAWholeStore_FindsNothing_AndOfADamagedOneNamesTheFault()
    {
        await using var gateway = await GatewayHost.StartAsync(gateways[GatewaysFixture.Tejo]);
        await gateway.PrepareAsync();
        await gateway.IssueAsync("Alone");
        using var accepted = await GatewayHost.OkAsync(await gateway.PostAsync(
            "/v1/batches", Enumerable.Range(0, 3).Select(i => GatewayHost.Row($"Row {i}")).ToArray()));
        var issuances = gateway.Services.GetRequiredService<IssuanceStore>();
        await Until.TrueAsync(
            () => Task.FromResult(issuances.FindUnfinished().Count == 0), () => "the batch was not issued");
        await gateway.StopAsync();
        try
        {
            await using var database = gateway.Place.Open(Schema.RequireCurrent);
            using var connection = database.OpenWriter();
            Assert.Equal((2, 4, 0), Counts(StoreCheck.Run(connection)));
            foreach (var (damage, fault) in Damages)
            {
                connection.Run("BEGIN");
                connection.Run(damage);
                var found = StoreCheck.Run(connection);
                connection.Run("ROLLBACK");
                Assert.Contains(found.Faults, one => one.Contains(fault, StringComparison.Ordinal));
            }

            Alter(connection);
            var altered = StoreCheck.Run(connection);
            Assert.Contains(altered.Faults, one => one.Contains("does not lead to its root", StringComparison.Ordinal));
            connection.Close();
            var ended = (await MicroCredsProgram.RunAsync(["store", "check", .. Options(gateway)])).Ends(1);
            Assert.Contains("does not lead to its root", ended.Output, StringComparison.Ordinal);
        }
        finally
        {
            await gateway.StartAsync();
        }
    }

    [Fact]
    public async Task CommandLine_MovesAStoreIntoAnother_AndIsRefusedWhileAGatewayRuns()
    {
        await using var gateway = await GatewayHost.StartAsync(gateways[GatewaysFixture.Tejo]);
        await gateway.PrepareAsync();
        await gateway.IssueAsync("To Be Moved");
        await using var target = await SampleStore.NewAsync(isPostgres: false);
        string file = Path.Combine(target.Folder, "store.jsonl");
        if (!TestStore.IsPostgres)
        {
            var refused = (await MicroCredsProgram.RunAsync(["store", "check", .. Options(gateway)])).Ends(65);
            Assert.Contains(gateway.DataDirectory, refused.Error, StringComparison.Ordinal);
        }

        await gateway.StopAsync();
        try
        {
            (await MicroCredsProgram.RunAsync(["store", "export", file, .. Options(gateway)])).Ends(0);
            string[] there = ["--data-directory", target.Folder];
            (await MicroCredsProgram.RunAsync(["store", "import", file, .. there])).Ends(0);
            (await MicroCredsProgram.RunAsync(["store", "import", file, .. there])).Ends(65);
            (await MicroCredsProgram.RunAsync(["store", "upgrade", .. there])).Ends(0);
            var checkedStore = (await MicroCredsProgram.RunAsync(["store", "check", .. there])).Ends(0);
            Assert.Contains("1 issuances, 1 documents, all agree", checkedStore.Output, StringComparison.Ordinal);
            (await MicroCredsProgram.RunAsync("store", "check")).Ends(64);
        }
        finally
        {
            await gateway.StartAsync();
        }
    }

    private static (int Issuances, int Documents, int Faults) Counts(StoreCheckResult result) =>
        (result.Issuances, result.Documents, result.Faults.Count);

    /// <summary>One letter of a name.</summary>
    private static void Alter(DbConnection connection)
    {
        using var select = connection.Prepare("SELECT id, document FROM credential WHERE row = 2", 0);
        byte[] id, document;
        using (var rows = select.ExecuteReader())
        {
            Assert.True(rows.Read());
            id = rows.GetFieldValue<byte[]>(0);
            document = rows.GetFieldValue<byte[]>(1);
        }

        document.AsSpan()[document.AsSpan().IndexOf("Row 1"u8)] = (byte)'B';
        using var update = connection.Prepare("UPDATE credential SET document = $1 WHERE id = $0", 2);
        update.With(id, document).ExecuteNonQuery();
    }

    private static string[] Options(GatewayHost gateway) => gateway.Place.Postgres is { } database
        ? ["--database", database]
        : ["--data-directory", gateway.DataDirectory];
}
