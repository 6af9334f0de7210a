using System.Text;
using System.Text.Json;
using MicroCreds.Fabric.Chaincode;
using MicroCreds.Fabric.Protocol;
using MicroCreds.Fabric.Protocol.Common;
using MicroCreds.Ledger.Tests.Fabric.DevNetwork;
using PeerResponse = MicroCreds.Fabric.Protocol.Peer.Response;

namespace MicroCreds.Ledger.Tests.Fabric.Client.Scenarios;

/// <summary>The chaincodes that the scenarios deploy: basic, private and errors.</summary>
internal static class ScenarioChaincode
{
    /// <summary>Makes the chaincode called basic, or the one called private.</summary>
    /// <param name="name">Which.</param>
    /// <param name="mspId">The organisation whose server it is.</param>
    public static IChaincode Make(string name, string mspId)
    {
        var contract = new ContractDefinition(name);
        if (name == "basic")
        {
            DefineBasic(contract);
        }
        else
        {
            DefinePrivate(contract, mspId);
        }

        return new ContractChaincode(contract);
    }

    /// <summary>What the chaincode called errors does, message by message: it breaks streams, too.</summary>
    public static async Task<PeerResponse> MisbehaveAsync(ScriptedTransaction transaction, string mspId)
    {
        string[] arguments = [.. transaction.Arguments];
        switch (arguments)
        {
            case ["exists", var id]:
                return Succeed(await transaction.GetAsync(id) == "" ? "false" : "true");
            case ["exists", ..]:
                throw new ScriptedFailureException(
                    $"Expected 1 parameters, but {arguments.Length - 1} have been supplied");
            case ["crash"]:
                transaction.IsSilent = true;
                transaction.Stream.Abort();
                return Succeed("");
            case ["orgsFail", var failing]:
                return JsonSerializer.Deserialize<string[]>(failing)!.Contains(mspId)
                    ? throw new ScriptedFailureException($"{mspId} refuses to endorse this") : Succeed("");
            case ["nondet"]:
                return Succeed(Guid.NewGuid().ToString());
            default:
                throw new ScriptedFailureException(
                    $"You've asked to invoke a function that does not exist: {arguments[0]}");
        }
    }

    private static PeerResponse Succeed(string result) =>
        new() { Status = 200, Payload = Google.Protobuf.ByteString.CopyFromUtf8(result) };

    private static void DefineBasic(ContractDefinition contract)
    {
        contract.Submit("echo", (TransactionContext context, string value) => value);
        contract.Submit("echoTransient", (TransactionContext context) => JsonSerializer.Serialize(
            context.Stub.Transient.ToDictionary(
                entry => entry.Key, entry => Encoding.UTF8.GetString(entry.Value.Span))));
        contract.Submit("put", async (TransactionContext context, string key, string value) =>
        {
            await context.Stub.PutStateAsync(key, Encoding.UTF8.GetBytes(value));
            return value;
        });
        contract.Submit("get", async (TransactionContext context, string key) =>
            await context.Stub.GetStateAsync(key));
        contract.Submit("errorMessage", (TransactionContext context, string message) => Fail(message));
        contract.Submit("event", (TransactionContext context, string name, string payload) =>
            context.Stub.SetEvent(name, Encoding.UTF8.GetBytes(payload)));
    }

    private static void DefinePrivate(ContractDefinition contract, string mspId)
    {
        contract.Submit("getPeerOrg", (TransactionContext context) => mspId);
        contract.Submit("checkEndorsingOrg", (TransactionContext context) =>
            context.Stub.Transient.ContainsKey(mspId) ? "success" : Fail($"{mspId} should not have been invoked"));
        contract.Submit("WritePrivateData", async (TransactionContext context) =>
        {
            var transient = context.Stub.Transient;
            foreach (string collection in Encoding.UTF8.GetString(transient["collection"].Span).Split(','))
            {
                await context.Stub.PutPrivateDataAsync(
                    collection, Encoding.UTF8.GetString(transient["key"].Span), transient["value"]);
            }
        });
        contract.Submit("ReadPrivateData", async (TransactionContext context, string collection, string key) =>
            await context.Stub.GetPrivateDataAsync(collection, key));
        contract.Submit("SetStateWithEndorser", async (
            TransactionContext context, string key, string value, string endorser) =>
        {
            await context.Stub.PutStateAsync(key, Encoding.UTF8.GetBytes(value));
            await SetEndorsersAsync(context.Stub, key, endorser);
        });
        contract.Submit("SetStateEndorsers", (TransactionContext context, string key, string one, string other) =>
            SetEndorsersAsync(context.Stub, key, one, other));
        contract.Submit("GetState", async (TransactionContext context, string key) =>
            await context.Stub.GetStateAsync(key));
        contract.Submit("ChangeState", async (TransactionContext context, string key, string value) =>
            await context.Stub.PutStateAsync(key, Encoding.UTF8.GetBytes(value)));
    }

    private static string Fail(string message) => throw new ChaincodeException(message);

    private static Task SetEndorsersAsync(ChaincodeStub stub, string key, params string[] mspIds) =>
        stub.SetStateValidationParameterAsync(key, SignaturePolicies.And(
            [.. mspIds.Select(mspId => SignaturePolicies.SignedBy(mspId, MSPRole.Types.MSPRoleType.Peer))])).AsTask();
}
