using MicroCreds.Fabric.Chaincode;

namespace Samples;

internal sealed class CapturedCounter
{
    private string _last = "";

    public ContractDefinition Define()
    {
        int issued = 0;
        var contract = new ContractDefinition("tickets");
        contract.Submit("Issue", async (TransactionContext context, string holder) =>
        {
            int tries = 0;
            tries++;
            issued++; // MCF0010
            _last = holder; // MCF0010
            await context.Stub.PutStateAsync(holder, BitConverter.GetBytes(issued + tries));
        });
        return contract.Evaluate("Last", (TransactionContext context) => _last);
    }
}
