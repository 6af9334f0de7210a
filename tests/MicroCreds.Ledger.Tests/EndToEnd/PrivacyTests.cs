using System.Text;
using Google.Protobuf;
using MicroCreds.Fabric.Client;
using Xunit;

namespace MicroCreds.Ledger.Tests.EndToEnd;

/// <summary>Reads every byte of every block: no recipient's name, mail or number is in any.</summary>
[Collection(ConsortiumTests.Name)]
public sealed class PrivacyTests(RunningConsortium consortium)
{
    [Fact]
    public async Task Blocks_HoldNoPersonalData()
    {
        const string Name = "Ylermi Yksityinen";
        const string Mail = "ylermi.yksityinen@learner.example";
        const string Number = "urn:student:0815-4711";
        var request = Registrar.Request("data-literacy", Name);
        request["recipient"]!["email"] = Mail;
        request["recipient"]!["id"] = Number;
        request["result"] = new System.Text.Json.Nodes.JsonObject { ["value"] = "Erinomainen 5" };
        var issued = await consortium[0].IssueAsync(request);
        await consortium[0].SendAsync(HttpMethod.Post, $"{issued.Location}/revocation", new { reason = "withdrawn" });
        await consortium[1].VerifyUntilAsync(issued.Document, "invalid", "revoked");

        byte[][] secrets =
        [
            .. new[] { Name, "Ylermi", "Yksityinen", Mail, Number, "0815-4711", "Erinomainen", "learner.example" }
                .SelectMany(text => new[] { Encoding.UTF8.GetBytes(text), Encoding.Unicode.GetBytes(text) }),
            Encoding.ASCII.GetBytes(Convert.ToBase64String(Encoding.UTF8.GetBytes(Name))[..20]),
            System.Security.Cryptography.SHA256.HashData(Encoding.UTF8.GetBytes(Mail)),
            System.Security.Cryptography.SHA256.HashData(Encoding.UTF8.GetBytes(Name)),
        ];
        using var user = new LedgerUser(consortium.Description, consortium[2]);
        ulong newest = await user.Network.GetNewestBlockNumberAsync(TestContext.Current.CancellationToken);
        int rootsSeen = 0;
        await foreach (var block in user.Network.GetBlockEvents(
            new EventOptions { StartBlock = 0 }, TestContext.Current.CancellationToken))
        {
            byte[] bytes = block.ToByteArray();
            Assert.All(secrets, secret => Assert.Equal(-1, bytes.AsSpan().IndexOf(secret)));
            rootsSeen += bytes.AsSpan().IndexOf(Encoding.ASCII.GetBytes(issued.Root)) >= 0 ? 1 : 0;
            if (block.Header.Number == newest)
            {
                break;
            }
        }

        // The search finds what is there: the issuance and its revocation.
        Assert.True(rootsSeen >= 1, "The issuance itself was not found: the blocks were not really read.");
    }
}
