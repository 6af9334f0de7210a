using System.Text;
using MicroCreds.Fabric.Chaincode;
using MicroCreds.Ledger.Tests.EndToEnd;

namespace MicroCreds.Ledger.Tests.Ledger.Contract;

/// <summary>
/// A ledger whose every organisation runs a contract with a back door: whoever endorses through it writes any key at
/// will. What still holds then is held by the endorsement policies alone.
/// </summary>
public sealed class ColludingLedger : LedgerFixture
{
    public const string BackDoor = "Overwrite";

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        await RegisterAllAsync();

        // The records of those who registered first were written while there were fewer members.
        await RegisterAllAsync();
    }

    protected override IChaincode NewChaincode(string mspId) => new Tampered(base.NewChaincode(mspId));

    private sealed class Tampered(IChaincode contract) : IChaincode
    {
        public async ValueTask<Response> InvokeAsync(ChaincodeStub stub, CancellationToken cancellationToken)
        {
            if (Encoding.UTF8.GetString(stub.Arguments[0].Span) != BackDoor)
            {
                return await contract.InvokeAsync(stub, cancellationToken);
            }

            await stub.PutStateAsync(Encoding.UTF8.GetString(stub.Arguments[1].Span), stub.Arguments[2]);
            return Response.Success();
        }
    }
}
