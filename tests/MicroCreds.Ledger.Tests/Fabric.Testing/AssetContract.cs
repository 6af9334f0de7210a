using System.Text;
using MicroCreds.Fabric.Chaincode;
using MicroCreds.Fabric.Protocol;
using MicroCreds.Fabric.Protocol.Common;

namespace MicroCreds.Ledger.Tests.Fabric.Testing;

/// <summary>A contract as a stranger writes one, which does what the rules of a ledger are about.</summary>
internal static class AssetContract
{
    public const string Secrets = "secrets";

    private static int _calls;

    public static ContractChaincode Create()
    {
        var assets = new ContractDefinition("assets");
        assets.Submit("Put", async (TransactionContext context, string key, string value) =>
        {
            await context.Stub.PutStateAsync(key, Bytes(value));
            context.Stub.SetEvent("First", Bytes("gone"));
            context.Stub.SetEvent("Put", Bytes(value));
        });
        assets.Submit("Append", async (TransactionContext context, string key, string value) =>
        {
            string before = Text(await context.Stub.GetStateAsync(key));
            await context.Stub.PutStateAsync(key, Bytes(before + value));
            return Text(await context.Stub.GetStateAsync(key));
        });
        assets.Submit("Delete", async (TransactionContext context, string key) =>
            await context.Stub.DeleteStateAsync(key));
        assets.Submit("Count", async (TransactionContext context, string from, string to, string into) =>
        {
            int count = 0;
            await foreach (var _ in context.Stub.GetStateByRangeAsync(from, to)) count++;
            await context.Stub.PutStateAsync(into, Bytes($"{count}"));
        });
        assets.Submit("Guard", async (TransactionContext context, string key, string mspId) =>
        {
            var policy = KeyEndorsementPolicy.From(null).Add(MSPRole.Types.MSPRoleType.Peer, mspId);
            await context.Stub.SetStateValidationParameterAsync(key, policy.ToPolicy());
        });
        assets.Submit("Differ", async (TransactionContext context, string key) =>
            await context.Stub.PutStateAsync(key, Bytes($"{Interlocked.Increment(ref _calls)}")));
        assets.Submit(
            "Break", Task (TransactionContext _) => throw new InvalidOperationException("a fault of the contract"));
        assets.Submit(
            "Refuse", Task (TransactionContext _) => throw new ChaincodeException("There is no such asset.", 404));
        assets.Submit("Keep", async (TransactionContext context, string key) =>
            await context.Stub.PutPrivateDataAsync(Secrets, key, context.Stub.Transient["value"]));
        assets.Evaluate("Read", async (TransactionContext context, string key) =>
            Text(await context.Stub.GetStateAsync(key)));
        assets.Evaluate("Reveal", async (TransactionContext context, string key) =>
            Text(await context.Stub.GetPrivateDataAsync(Secrets, key)));
        assets.Evaluate("History", async (TransactionContext context, string key) =>
        {
            var values = new List<string>();
            await foreach (var change in context.Stub.GetHistoryForKeyAsync(key))
                values.Add(change.IsDelete ? "-" : Text(change.Value));
            return string.Join(' ', values);
        });
        assets.Evaluate("Caller", (TransactionContext context) =>
            $"{context.ClientIdentity.MspId} {context.ClientIdentity.GetAttribute("role")}");
        assets.Submit("Tell", async (TransactionContext context, string chaincode, string key, string value) =>
            await context.Stub.InvokeChaincodeAsync(chaincode, ["Put", key, value]));
        assets.Evaluate("Ask", async (TransactionContext context, string chaincode, string key) =>
            Text((await context.Stub.InvokeChaincodeAsync(chaincode, ["Read", key])).Payload.ToArray()));
        return new ContractChaincode(assets);
    }

    public static string Text(byte[]? value) => value is null ? "(none)" : Encoding.UTF8.GetString(value);

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);
}
