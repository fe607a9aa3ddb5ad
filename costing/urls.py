from django.urls import path

from costing.views import budgets, costs, explain

app_name = "costing"
urlpatterns = [
    path("<str:ref>/costs/", costs.costs, name="costs"),
    path("<str:ref>/costs/budget/", budgets.budget, name="budget"),
    path("<str:ref>/costs/budget/<int:version>/approve/", budgets.approve, name="approve-budget"),
    path("<str:ref>/costs/explain/", explain.explain, name="explain"),
]
